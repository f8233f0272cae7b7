import type { Clock } from '@millrace/core';
import type { InboundRecord, OutboundRecord } from '@millrace/records';
import type { Log } from '@millrace/stream';

import type { CommittedReader } from './committed-reader.ts';

const DRAIN_MS = 10_000;

export interface Load {
  readonly perSecond: number;
  readonly seconds: number;
}

/** What carries the numbers. */
export interface NumberedRecords {
  /** @param dueAtMs epoch milliseconds */
  record(id: number, dueAtMs: number): OutboundRecord;
  numberOf(answer: InboundRecord): number;
}

/** Records with numbers, the times at which they were due, and when they came. */
export class NumberedLoad {
  /** `Clock.elapsed()` at which each was seen, by number; NaN where nothing came. */
  readonly seenAtMs: Float64Array;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #records: NumberedRecords;
  readonly #load: Load;
  readonly #startedAt: number;

  constructor(log: Log, clock: Clock, records: NumberedRecords, load: Load) {
    this.#log = log;
    this.#clock = clock;
    this.#records = records;
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
    const epoch = this.#clock.now() - this.#clock.elapsed();
    for (let next = 0; next < this.seenAtMs.length;) {
      const due = ((this.#clock.elapsed() - this.#startedAt) * this.#load.perSecond) / 1000;
      const to = Math.min(this.seenAtMs.length, Math.ceil(due));
      const record = (_: unknown, i: number) =>
        this.#records.record(next + i, Math.floor(epoch + this.#dueAt(next + i)));
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
      for (const record of records) this.seenAtMs[this.#records.numberOf(record)] = now;
      seen += records.length;
    }
    await reader.close();
  }

  #dueAt(id: number): number {
    return this.#startedAt + (id * 1000) / this.#load.perSecond;
  }
}
