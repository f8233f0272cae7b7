import { findUsed, type HeldPromise } from './clock-state.ts';
import type { ProgressNote } from './progress-note.ts';

interface Noted {
  readonly note: ProgressNote;
  /** Since when this process knows that the promise is open there: `Clock.elapsed()` milliseconds. */
  readonly promisedSinceMs: number;
}

export interface NotedPromise {
  readonly partition: number;
  readonly promise: HeldPromise;
  readonly promisedSinceMs: number;
}

/**
 * How far each input partition has come, as its owner last noted. It lags behind, so of a partition that this instance
 * owns its own clock counts.
 */
export class SharedProgress {
  /** Of `<p>.events`, as far as known. */
  inputPartitions = Infinity;
  readonly #noted = new Map<number, Noted>();

  apply(partition: number, note: ProgressNote, elapsedMs: number): void {
    const before = this.#noted.get(partition);
    const isSame = before !== undefined && before.note.promise?.id === note.promise?.id;
    this.#noted.set(partition, { note, promisedSinceMs: isSame ? before.promisedSinceMs : elapsedMs });
  }

  /** Up to which event time the partition is known to have come under the promise: ∞ where its part is over, −∞ where it has not met it. */
  reached(partition: number, promise: string): number {
    const note = this.#noted.get(partition)?.note;
    if (note === undefined) return -Infinity;
    if (note.promise?.id === promise) return Math.max(note.promise.before, note.fetchedTo ?? -Infinity);
    return findUsed(note, promise) === null ? -Infinity : Infinity;
  }

  hasDropped(partition: number, promise: string): boolean {
    const note = this.#noted.get(partition)?.note;
    return note !== undefined && findUsed(note, promise)?.dropped === true;
  }

  open(): readonly NotedPromise[] {
    return [...this.#noted].flatMap(([partition, { note, promisedSinceMs }]) =>
      note.promise === null ? [] : [{ partition, promise: note.promise, promisedSinceMs }],
    );
  }
}
