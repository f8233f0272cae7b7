import {
  partitionKey,
  type DeadLetter,
  type InboundRecord,
  type OutboundRecord,
  type TopicPartition,
} from '@millrace/records';
import type { Stage, StageOutput, TaskState } from '@millrace/stream';
import { KeyTotals } from '@millrace/stream/testing';

import { readNumbered } from './numbered-record.ts';
import { totalRecord } from './total-record.ts';

/** More than a broker takes by its defaults. */
const HUGE = 'x'.repeat(2 << 20);

/** As a process dies of a native fault, or of the kernel's want of memory: without a word. */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** In a restore. */
function numberOf(record: InboundRecord): number | null {
  const { poison, number } = readNumbered(record);
  if (poison === 'kills') die();
  return poison === null ? number : null;
}

/** Answers every record with the running total of its key; breaks on poison after it has changed its state. */
export class RunningTotalsStage implements Stage {
  readonly name = 'totals';
  readonly inputs: readonly (readonly string[])[];
  readonly #output: string;
  readonly #padding: string;
  readonly #takeTime: () => Promise<void> | null;
  readonly #tasks = new Map<string, KeyTotals>();

  /** @param takeTime what the handler waits for before each batch; null: nothing */
  constructor(topics: { input: string; output: string }, padding: string, takeTime: () => Promise<void> | null) {
    this.inputs = [[topics.input]];
    this.#output = topics.output;
    this.#padding = padding;
    this.#takeTime = takeTime;
  }

  open(task: readonly TopicPartition[]): TaskState {
    const state = new KeyTotals(numberOf);
    for (const at of task) this.#tasks.set(partitionKey(at), state);
    return state;
  }

  close(task: readonly TopicPartition[]): void {
    for (const at of task) this.#tasks.delete(partitionKey(at));
  }

  process(records: readonly InboundRecord[]): StageOutput | Promise<StageOutput> {
    const time = this.#takeTime();
    return time === null ? this.#answer(records) : time.then(() => this.#answer(records));
  }

  poison(record: InboundRecord, error: unknown): StageOutput {
    const { topic, partition, offset, key, value } = record;
    const reason = String(error);
    const letter: DeadLetter = {
      stage: this.name,
      code: 'POISON',
      reason,
      topic,
      partition,
      offset,
      attempts: 0,
      key,
      value,
    };
    return { records: [], deadLetters: [letter] };
  }

  #answer(records: readonly InboundRecord[]): StageOutput | Promise<StageOutput> {
    const out: OutboundRecord[] = [];
    for (const record of records) {
      const value = readNumbered(record);
      const total = (this.#tasks.get(partitionKey(record)) as KeyTotals).add(record, value.number);
      if (value.poison === 'kills') die();
      if (value.poison === 'throws') throw new Error('thrown');
      if (value.poison === 'rejects') return Promise.reject(new Error('rejected'));
      out.push(totalRecord(this.#output, record, value, total, value.poison === 'huge' ? HUGE : this.#padding));
    }
    return { records: out, deadLetters: [] };
  }
}
