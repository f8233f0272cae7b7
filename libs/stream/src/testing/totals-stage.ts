import {
  partitionKey,
  type DeadLetter,
  type InboundRecord,
  type OutboundRecord,
  type TopicPartition,
} from '@millrace/records';

import type { Stage, StageOutput, TaskState } from '../stage.ts';
import { KeyTotals } from './key-totals.ts';

/** In a restore: each record counts once. */
function one(record: InboundRecord): number | null {
  return String(record.value) === 'poison' ? null : 1;
}

/** Writes `key=total` for every record, and refuses the value `poison`: a stage small enough to predict by hand. */
export class TotalsStage implements Stage {
  readonly name = 'totals';
  readonly inputs: readonly (readonly string[])[];
  readonly #output: string;
  readonly #tasks = new Map<string, KeyTotals>();

  constructor(input: string, output: string) {
    this.inputs = [[input]];
    this.#output = output;
  }

  open(task: readonly TopicPartition[]): TaskState {
    const state = new KeyTotals(one);
    for (const at of task) this.#tasks.set(partitionKey(at), state);
    return state;
  }

  close(task: readonly TopicPartition[]): void {
    for (const at of task) this.#tasks.delete(partitionKey(at));
  }

  process(records: readonly InboundRecord[]): StageOutput {
    const out: OutboundRecord[] = [];
    for (const record of records) {
      const total = (this.#tasks.get(partitionKey(record)) as KeyTotals).add(record, 1);
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
