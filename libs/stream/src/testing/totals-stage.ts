import { JournaledState } from '@millrace/core';
import {
  partitionKey,
  type DeadLetter,
  type InboundRecord,
  type OutboundRecord,
  type TopicPartition,
} from '@millrace/records';

import type { Stage, StageOutput, StateMarker, TaskState } from '../stage.ts';

/** State of one partition: how many records of each key it has seen. Its topic is its changelog. */
class Totals extends JournaledState implements TaskState {
  readonly counts = new Map<string, number>();
  keepFrom: number | null = null;

  add(record: InboundRecord): number {
    const key = String(record.key);
    const before = this.counts.get(key);
    const keptBefore = this.keepFrom;
    this.journal.record(() => {
      if (before === undefined) this.counts.delete(key);
      else this.counts.set(key, before);
      this.keepFrom = keptBefore;
    });
    this.keepFrom ??= record.offset;
    const total = (before ?? 0) + 1;
    this.counts.set(key, total);
    return total;
  }

  marker(): StateMarker {
    return { keepFrom: this.keepFrom, body: new Uint8Array() };
  }

  load(): void {}

  restore(records: readonly InboundRecord[]): void {
    for (const record of records) if (String(record.value) !== 'poison') this.add(record);
  }

  restored(): void {}
}

/** Writes `key=total` for every record, and refuses the value `poison`: a stage small enough to predict by hand. */
export class TotalsStage implements Stage {
  readonly name = 'totals';
  readonly inputs: readonly (readonly string[])[];
  readonly #output: string;
  readonly #tasks = new Map<string, Totals>();

  constructor(input: string, output: string) {
    this.inputs = [[input]];
    this.#output = output;
  }

  open(task: readonly TopicPartition[]): TaskState {
    const state = new Totals();
    for (const at of task) this.#tasks.set(partitionKey(at), state);
    return state;
  }

  close(task: readonly TopicPartition[]): void {
    for (const at of task) this.#tasks.delete(partitionKey(at));
  }

  process(records: readonly InboundRecord[]): StageOutput {
    const out: OutboundRecord[] = [];
    for (const record of records) {
      const total = (this.#tasks.get(partitionKey(record)) as Totals).add(record);
      if (String(record.value) === 'poison') throw new Error('poison');
      out.push({
        topic: this.#output,
        partition: record.partition,
        key: record.key,
        value: `${String(record.key)}=${total}`,
      });
    }
    return { records: out, deadLetters: [] };
  }

  poison(record: InboundRecord, error: unknown): StageOutput {
    const { topic, partition, offset, key, value } = record;
    const letter: DeadLetter = {
      stage: this.name,
      code: 'POISON',
      reason: String(error),
      topic,
      partition,
      offset,
      attempts: 0,
      key,
      value,
    };
    return { records: [], deadLetters: [letter] };
  }
}
