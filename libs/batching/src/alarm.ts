import type { Clock } from '@millrace/core';

/** Why a sleep ends early. Without a reason each would have an error made, with a stack that nobody reads. */
const MOVED = 'moved';

/**
 * Rings once, at a time that may be moved. When it is moved back it rings too early and is set again: that is cheaper
 * than a new timer for each row, and hurts nobody, since who is woken decides anew.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #atMs = Number.POSITIVE_INFINITY;
  #sleep: AbortController | null = null;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** By the clock's `elapsed`; Infinity: not at all, and no timer is left. */
  set(atMs: number): void {
    if (atMs === Number.POSITIVE_INFINITY) this.#stop();
    else if (atMs < this.#atMs) void this.#start(atMs);
  }

  async #start(atMs: number): Promise<void> {
    this.#stop();
    const sleep = new AbortController();
    this.#sleep = sleep;
    this.#atMs = atMs;
    await this.#clock.sleep(Math.max(0, atMs - this.#clock.elapsed()), sleep.signal);
    if (sleep.signal.aborted) return;
    this.#stop();
    this.#ring();
  }

  #stop(): void {
    this.#sleep?.abort(MOVED);
    this.#sleep = null;
    this.#atMs = Number.POSITIVE_INFINITY;
  }
}
