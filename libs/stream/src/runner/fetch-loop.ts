import type { Clock } from '@millrace/core';

import type { FetchPosition, RecordSource } from '../ports/record-source.ts';
import type { InputLane } from './input-lane.ts';
import type { RunnerLimits } from './runner-options.ts';

const FETCH_BYTES = 4 << 20;
const PARTITION_BYTES = 1 << 20;
/** A partition may always queue this much, however many partitions share the bound. */
const LEAST_QUEUE_BYTES = 256 << 10;

export interface FetchLoopOptions {
  readonly source: RecordSource;
  readonly clock: Clock;
  readonly limits: RunnerLimits;
  /** The lanes that may be fetched now. */
  readonly lanes: () => readonly InputLane[];
  /** Something arrived, or a partition was found idle. */
  readonly onFetched: () => void;
  /** Returns how long to wait before the next try; throws nothing. */
  readonly onError: (error: unknown) => Promise<void>;
  /** Resolves when a lane may have got room. */
  readonly room: () => Promise<void>;
}

/** Keeps the lanes' queues filled, within the bound in bytes, while everything else goes on. */
export class FetchLoop {
  readonly #options: FetchLoopOptions;
  #running = true;

  constructor(options: FetchLoopOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#running = false;
  }

  async run(): Promise<void> {
    while (this.#running) {
      const wanted = this.#lanesWithRoom();
      if (wanted.length === 0) await this.#options.room();
      else await this.#fetch(wanted);
    }
  }

  #lanesWithRoom(): readonly InputLane[] {
    const lanes = this.#options.lanes();
    const share = Math.max(LEAST_QUEUE_BYTES, this.#options.limits.queuedBytes / Math.max(1, lanes.length));
    return lanes.filter((lane) => lane.queuedBytes < share);
  }

  async #fetch(wanted: readonly InputLane[]): Promise<void> {
    const { source, limits } = this.#options;
    const asked = wanted.map((lane) => lane.fetchFrom);
    const positions: FetchPosition[] = wanted.map(({ topic, partition, fetchFrom }) => ({
      topic,
      partition,
      offset: fetchFrom,
    }));
    try {
      const chunks = await source.fetch(positions, {
        maxWaitMs: limits.fetchWaitMs,
        maxBytes: FETCH_BYTES,
        maxBytesPerPartition: PARTITION_BYTES,
      });
      this.#deliver(wanted, asked, chunks);
    } catch (error) {
      if (this.#running) await this.#options.onError(error);
    }
  }

  /** A lane that was rewound or given away while the fetch was under way ignores what it brought. */
  #deliver(
    wanted: readonly InputLane[],
    asked: readonly number[],
    chunks: Awaited<ReturnType<RecordSource['fetch']>>,
  ): void {
    const current = new Set(this.#options.lanes());
    const now = this.#options.clock.elapsed();
    wanted.forEach((lane, i) => {
      if (!current.has(lane) || lane.fetchFrom !== asked[i]) return;
      const chunk = chunks.find((c) => c.partition === lane.partition && c.topic === lane.topic);
      if (chunk) lane.push(chunk);
      lane.noteIdle(now);
    });
    this.#options.onFetched();
  }
}
