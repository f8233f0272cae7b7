import type { Clock } from '@millrace/core';

import type { FetchedChunk, FetchLimits, RecordSource } from '../ports/record-source.ts';
import { FetchBudget } from './fetch-budget.ts';
import type { InputLane } from './input-lane.ts';
import type { Pace } from './pace.ts';
import type { RunnerLimits } from './runner-options.ts';
import type { Wakeup } from './wakeup.ts';

/** Each may wait at the log for `fetchWaitMs`; more of them would only cost connections and memory. */
const MOST_UNDER_WAY = 4;
const LOOK_AGAIN_MS = 1000;

/** The offset that each lane was asked at. */
type Asked = ReadonlyMap<InputLane, number>;

export interface FetchLoopOptions {
  readonly source: RecordSource;
  readonly clock: Clock;
  readonly limits: RunnerLimits;
  /** The lanes that may be fetched now. */
  readonly lanes: () => readonly InputLane[];
  /** Whether nothing is being processed, so that what waits is held back by the stage. */
  readonly idle: () => boolean;
  /** How fast the stage is. */
  readonly pace: Pick<Pace, 'recordsIn'>;
  /** Something arrived, or a partition was found idle. */
  readonly onFetched: () => void;
  /** Returns when it is time for the next try; throws nothing. */
  readonly onError: (error: unknown) => Promise<void>;
  /** Woken when a lane may have got room. Nobody else waits for it. */
  readonly room: Wakeup;
}

/**
 * Keeps the lanes' queues filled, within the bound in bytes, while everything else goes on. A lane that gets room is
 * fetched at once: no fetch that waits for news of other lanes holds it up.
 */
export class FetchLoop {
  readonly #options: FetchLoopOptions;
  readonly #budget: FetchBudget;
  readonly #underWay = new Map<Asked, Promise<void>>();
  #running = true;

  constructor(options: FetchLoopOptions) {
    this.#options = options;
    this.#budget = new FetchBudget(options.limits.queuedBytes, options.pace);
  }

  stop(): void {
    this.#running = false;
  }

  /** Until `stop`, and until what is under way has ended. */
  async run(): Promise<void> {
    while (this.#running) {
      const lanes = this.#next();
      if (lanes.length === 0) await this.#options.room.wait(LOOK_AGAIN_MS);
      else this.#start(lanes);
    }
    await Promise.all(this.#underWay.values());
  }

  /** Lanes with room that nobody asks for, and with them those that only wait for news: one fetch for all of them. */
  #next(): readonly InputLane[] {
    if (this.#underWay.size === MOST_UNDER_WAY) return [];
    const lanes = this.#budget.lanesWithRoom(this.#options.lanes(), this.#options.idle());
    const unasked = new Set(lanes.filter((lane) => !this.#isAsked(lane)));
    if (unasked.size === 0) return [];
    return lanes.filter((lane) => unasked.has(lane) || lane.fetchFrom >= lane.lastStable);
  }

  #isAsked(lane: InputLane): boolean {
    for (const asked of this.#underWay.keys()) if (asked.get(lane) === lane.fetchFrom) return true;
    return false;
  }

  #start(lanes: readonly InputLane[]): void {
    const asked = new Map(lanes.map((lane) => [lane, lane.fetchFrom]));
    const ended = this.#fetch(asked).finally(() => {
      this.#underWay.delete(asked);
      this.#options.room.wake();
    });
    this.#underWay.set(asked, ended);
  }

  async #fetch(asked: Asked): Promise<void> {
    const { source, limits, onError } = this.#options;
    const fetchLimits: FetchLimits = {
      maxWaitMs: limits.fetchWaitMs,
      ...this.#budget.fetchBytes(this.#options.lanes().length),
    };
    const positions = [...asked].map(([{ topic, partition }, offset]) => ({ topic, partition, offset }));
    try {
      this.#deliver(asked, await source.fetch(positions, fetchLimits));
    } catch (error) {
      for (const lane of asked.keys()) lane.noteUnread();
      if (this.#running) await onError(error);
    }
  }

  /**
   * A lane that has moved on since it was asked for ignores what comes: it was rewound or given away, or another fetch
   * has brought it already.
   */
  #deliver(asked: Asked, chunks: readonly FetchedChunk[]): void {
    const now = this.#options.clock.elapsed();
    this.#budget.learn(chunks);
    const current = this.#options.lanes().filter((lane) => asked.get(lane) === lane.fetchFrom);
    const found = Map.groupBy(chunks, ({ topic }) => topic);
    for (const lane of current) {
      const chunk = found.get(lane.topic)?.find(({ partition }) => partition === lane.partition);
      if (chunk) lane.push(chunk);
      lane.noteIdle(now);
    }
    this.#options.onFetched();
  }
}
