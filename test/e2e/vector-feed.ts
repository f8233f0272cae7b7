import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { encodeFeaturesRecord, type OutboundRecord } from '@millrace/records';
import type { Log } from '@millrace/stream';

const TICK_MS = 20;
/** For numbers that are not in any order. */
const STRIDE = 2_654_435_761;

/** The vectors of rows that are numbered: the same every time, and unlike. */
export function numberedVector(plan: Plan, row: number): Float32Array {
  return Float32Array.from(plan.vector, (_, i) => ((row * STRIDE + i * 40_503) % 997) / 10);
}

/** Writes numbered rows to `features` as the feature service does, at a rate, whatever comes of them. */
export class VectorFeed {
  readonly #plan: Plan;
  readonly #log: Log;
  readonly #clock: Clock;
  #rows = 0;

  constructor(plan: Plan, log: Log, clock: Clock) {
    this.#plan = plan;
    this.#log = log;
    this.#clock = clock;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Until the signal is given, and for so many rows at least. */
  async run(perSecond: number, atLeast: number, signal: AbortSignal): Promise<void> {
    const publisher = this.#log.publisher();
    const [clock, startedMs] = [this.#clock, this.#clock.elapsed()];
    const pending: Promise<void>[] = [];
    while (!signal.aborted || this.#rows < atLeast) {
      const due = Math.floor(((clock.elapsed() - startedMs) / 1000) * perSecond);
      const rows = Array.from({ length: due - this.#rows }, (_, i) => this.#record(this.#rows + i));
      if (rows.length > 0) pending.push(publisher.publish(rows));
      this.#rows = due;
      await clock.sleep(TICK_MS);
    }
    await Promise.all(pending);
    await publisher.close();
  }

  #record(row: number): OutboundRecord {
    const { names, topics } = this.#plan;
    const partition = row % topics.partitions;
    const origin = { partition, offset: row };
    const vector = numberedVector(this.#plan, row);
    const about = { id: String(row), at: 1384271940000 + row, key: `k${partition}`, origin, attempts: 0, late: false };
    const value = encodeFeaturesRecord({ kind: 'vector', ...about, vector });
    return { topic: names.features, partition, key: about.key, value };
  }
}
