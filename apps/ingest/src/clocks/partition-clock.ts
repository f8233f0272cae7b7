import type { Journal } from '@millrace/core';
import { reject, type ClockRecord, type Rejection } from '@millrace/records';

import type { Watermark } from '../decode/watermark.ts';
import {
  findUsed,
  FRESH_CLOCK,
  MOST_USED,
  promiseFingerprint,
  type ClockState,
  type HeldPromise,
  type UsedPromise,
} from './clock-state.ts';

/** What a clock remembers in this process alone; `Clock.elapsed()` milliseconds. */
interface Passing {
  /** The promise was met in this process. */
  readonly promisedSinceMs: number;
  /** Idle time has been added up to here. */
  readonly idleCountedMs: number;
}

/**
 * The clock of one input partition: the watermark of its promise, or else a tick, which is the largest event time seen
 * less `events.lateness`.
 *
 * Under a promise the clock is what the promise says, even where an earlier tick was ahead: requests wait for the
 * promise. Consumers never let their horizon go back.
 */
export class PartitionClock {
  readonly input: number;
  readonly #latenessMs: number;
  readonly #journal: Journal;
  #state: ClockState = FRESH_CLOCK;
  #passing: Passing = { promisedSinceMs: 0, idleCountedMs: 0 };

  constructor(input: number, latenessMs: number, journal: Journal) {
    this.input = input;
    this.#latenessMs = latenessMs;
    this.#journal = journal;
  }

  get state(): ClockState {
    return this.#state;
  }

  get promise(): HeldPromise | null {
    return this.#state.promise;
  }

  /** Epoch milliseconds; null as long as there is nothing to go by. */
  get at(): number | null {
    return this.#state.promise?.before ?? this.#state.tick;
  }

  get promisedSinceMs(): number {
    return this.#passing.promisedSinceMs;
  }

  /** Null as long as the partition has no clock. */
  record(): ClockRecord | null {
    const { at } = this;
    if (at === null) return null;
    const { first, promise } = this.#state;
    return {
      kind: 'clock',
      input: this.input,
      at,
      first,
      promise: promise && { id: promise.id, partitions: promise.partitions },
    };
  }

  load(state: ClockState, elapsedMs: number): void {
    this.#state = state;
    this.#passing = { promisedSinceMs: elapsedMs, idleCountedMs: elapsedMs };
  }

  /** Goes on where another set's clock of this partition stood. */
  goOnFrom(state: ClockState, elapsedMs: number): void {
    this.#change(state, { promisedSinceMs: elapsedMs, idleCountedMs: elapsedMs });
  }

  hasMet(promise: string): boolean {
    return findUsed(this.#state, promise) !== null;
  }

  /**
   * An event of this partition.
   *
   * @param timestamp the record's: an event counts at most at it, so that one stamped ahead moves no clock ahead
   */
  observe(at: number, timestamp: number): void {
    const { first, tick } = this.#state;
    const reached = Math.min(at, timestamp) - this.#latenessMs;
    if (at < first || tick === null || reached > tick)
      this.#change({ first: Math.min(first, at), tick: Math.max(tick ?? reached, reached) });
  }

  /** No event taken so far is later than this, epoch milliseconds; null before the first. */
  latestMs(maxAheadMs: number): number | null {
    const { tick, promise } = this.#state;
    return tick === null ? null : Math.max(tick + this.#latenessMs, promise?.before ?? tick) + maxAheadMs;
  }

  /** Whether `at` is older than what the clock ever stood at, by more than this. */
  isPast(at: number, byMs: number): boolean {
    const { reached } = this.#state;
    return reached !== null && at < reached - byMs;
  }

  /** Null when the watermark is in order. Its end is not applied yet: `endPromise`. */
  watermark(watermark: Watermark, elapsedMs: number): Rejection | null {
    const { promise } = this.#state;
    const { before, partitions } = watermark;
    if (promise === null) return this.#open(watermark, elapsedMs);
    if (promise.id !== watermark.promise) return this.#anotherPromise(watermark.promise, promise.id);
    if (partitions !== null && partitions.join() !== promise.partitions.join())
      return reject(
        'BAD_WATERMARK',
        `the promise ${promise.id} names the partitions ${promise.partitions.join(', ')}, here ${partitions.join(', ')}; they must stay the same.`,
      );
    if (before !== null && before > promise.before) this.#change({ promise: { ...promise, before } });
    return null;
  }

  #open({ promise, before, partitions, idle }: Watermark, elapsedMs: number): Rejection | null {
    const met = this.hasMet(promise);
    if (met && idle) return null; // an end that was sent twice
    if (met)
      return reject(
        'PROMISE_REUSED',
        `the promise ${promise} has ended or was dropped here; every promise needs an id of its own.`,
      );
    if (before === null || partitions === null)
      return reject(
        'BAD_WATERMARK',
        `the promise ${promise} ends here and was never made; a first watermark needs before and partitions.`,
      );
    if (!partitions.includes(this.input))
      return reject(
        'BAD_WATERMARK',
        `the promise ${promise} does not name this partition, ${this.input}, among ${partitions.join(', ')}.`,
      );
    this.openPromise({ id: promise, before, partitions }, elapsedMs);
    return null;
  }

  #anotherPromise(found: string, open: string): Rejection {
    if (this.hasMet(found))
      return reject(
        'PROMISE_REUSED',
        `the promise ${found} has ended or was dropped here; every promise needs an id of its own.`,
      );
    return reject(
      'PROMISE_OPEN',
      `the promise ${found} comes while ${open} is open; wait for its end, or send to other partitions.`,
    );
  }

  openPromise(promise: HeldPromise, elapsedMs: number): void {
    this.#change({ promise, used: this.#usedWith(promise.id, false) }, { promisedSinceMs: elapsedMs });
  }

  /** Notes that the promise was given up, whether it was met here or not. If it is open here, its end follows. */
  dropPromise(promise: string): void {
    this.#change({ used: this.#usedWith(promise, true) });
  }

  /** The promise has ended or is dropped: the clock goes on from where it stood. */
  endPromise(elapsedMs: number): void {
    const { promise, tick } = this.#state;
    if (promise)
      this.#change(
        { promise: null, tick: Math.max(tick ?? promise.before, promise.before) },
        { idleCountedMs: elapsedMs },
      );
  }

  /** Nothing has come since `sinceMs`: without a promise the clock goes with the wall clock. */
  advanceIdle(sinceMs: number, elapsedMs: number): void {
    const { tick, promise } = this.#state;
    if (tick === null || promise !== null) return;
    const idleMs = Math.floor(elapsedMs - Math.max(sinceMs, this.#passing.idleCountedMs));
    if (idleMs > 0) this.#change({ tick: tick + idleMs }, { idleCountedMs: elapsedMs });
  }

  #usedWith(promise: string, dropped: boolean): readonly UsedPromise[] {
    const fingerprint = promiseFingerprint(promise);
    const others = this.#state.used.filter((used) => used.fingerprint !== fingerprint);
    return [...others, { fingerprint, dropped }].slice(-MOST_USED);
  }

  #change(state: Partial<ClockState>, passing?: Partial<Passing>): void {
    const before = { state: this.#state, passing: this.#passing };
    this.#journal.record(() => {
      this.#state = before.state;
      this.#passing = before.passing;
    });
    const { reached } = before.state;
    this.#state = { ...before.state, ...state };
    const { at } = this;
    if (at !== null && (reached === null || at > reached)) this.#state = { ...this.#state, reached: at };
    if (passing) this.#passing = { ...before.passing, ...passing };
  }
}
