import type { Journal } from '@millrace/core';
import type { ClockRecord } from '@millrace/records';

/** At most so often, except watermarks, and at least so often. */
const AT_MOST_EVERY_MS = 1000;
const AT_LEAST_EVERY_MS = 10_000;

/** When an input partition's clock is written: once a second as it moves, watermarks at once, and every 10 s anyhow. */
export class ClockSchedule {
  readonly #journal: Journal;
  #written: { readonly at: number; readonly promise: string | null; readonly ms: number } | null = null;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Nothing has been written in this process. */
  get isNew(): boolean {
    return this.#written === null;
  }

  /** At the end of a batch. */
  isDue(clock: ClockRecord, elapsedMs: number): boolean {
    const written = this.#written;
    if (written === null) return true;
    const promise = clock.promise?.id ?? null;
    if (promise !== written.promise) return true;
    const age = elapsedMs - written.ms;
    if (clock.at === written.at) return age >= AT_LEAST_EVERY_MS;
    return promise !== null || age >= AT_MOST_EVERY_MS;
  }

  /** Long enough ago that an idle clock is brought up to now. */
  isOld(elapsedMs: number): boolean {
    return this.#written === null || elapsedMs - this.#written.ms >= AT_MOST_EVERY_MS;
  }

  note(clock: ClockRecord, elapsedMs: number): void {
    const before = this.#written;
    this.#journal.record(() => {
      this.#written = before;
    });
    this.#written = { at: clock.at, promise: clock.promise?.id ?? null, ms: elapsedMs };
  }
}
