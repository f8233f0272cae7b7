import type { Clock } from '@millrace/core';

/** Given, so that none is made up: an `AbortError` with its stack for each wake would cost more than all the rest. */
const WOKEN = 'woken';

/** Something for one at a time to wait for and to be woken from; a wake without a waiter is remembered once. */
export class Wakeup {
  #pending = false;
  #waiting: AbortController | null = null;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#pending = true;
    this.#waiting?.abort(WOKEN);
  }

  /** Until woken, at most `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.#pending) {
      this.#waiting = new AbortController();
      await this.#clock.sleep(ms, this.#waiting.signal);
      this.#waiting = null;
    }
    this.#pending = false;
  }
}
