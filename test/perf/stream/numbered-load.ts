import type { Clock } from '@millrace/core';
import type { Log } from '@millrace/stream';

import type { BenchTopics } from './bench-topics.ts';
import type { CommittedReader } from './committed-reader.ts';
import { numberedRecord, numberOf } from './numbered-records.ts';

const DRAIN_MS = 10_000;

export interface Load {
  readonly perSecond: number;
  readonly seconds: number;
}

/** Records with numbers, the times at which they were due, and when they came. */
export class NumberedLoad {
  /** `Clock.elapsed()` at which each was seen, by number; NaN where nothing came. */
  readonly seenAtMs: Float64Array;
  readonly #topics: BenchTopics;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #input: string;
  readonly #load: Load;
  readonly #startedAt: number;

  constructor(topics: BenchTopics, log: Log, clock: Clock, input: string, load: Load) {
    this.#topics = topics;
    this.#log = log;
    this.#clock = clock;
    this.#input = input;
    this.#load = load;
    this.#startedAt = clock.elapsed();
    this.seenAtMs = new Float64Array(load.perSecond * load.seconds).fill(Number.NaN);
  }

  /** From when each was due, by number. */
  get latenciesMs(): Float64Array {
    return this.seenAtMs.map((at, id) => at - this.#dueAt(id));
  }

  async sendAll(): Promise<void> {
    const publisher = this.#log.publisher();
    const pending: Promise<void>[] = [];
    const { partitions } = this.#topics;
    const epoch = this.#clock.now() - this.#clock.elapsed();
    for (let next = 0; next < this.seenAtMs.length;) {
      const due = ((this.#clock.elapsed() - this.#startedAt) * this.#load.perSecond) / 1000;
      const to = Math.min(this.seenAtMs.length, Math.ceil(due));
      const record = (_: unknown, i: number) =>
        numberedRecord(this.#input, partitions, next + i, Math.floor(epoch + this.#dueAt(next + i)));
      if (to > next) pending.push(publisher.publish(Array.from({ length: to - next }, record)));
      next = to;
      await this.#clock.sleep(1);
    }
    await Promise.all(pending);
    await publisher.close();
  }

  async readAll(reader: CommittedReader): Promise<void> {
    const wanted = this.seenAtMs.length;
    const until = this.#startedAt + this.#load.seconds * 1000 + DRAIN_MS;
    for (let seen = 0; seen < wanted && this.#clock.elapsed() < until;) {
      const records = await reader.read();
      const now = this.#clock.elapsed();
      for (const { value } of records) {
        this.seenAtMs[numberOf(value as Buffer)] = now;
      }
      seen += records.length;
    }
    await reader.close();
  }

  #dueAt(id: number): number {
    return this.#startedAt + (id * 1000) / this.#load.perSecond;
  }
}
