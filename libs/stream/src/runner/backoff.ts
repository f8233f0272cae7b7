import type { Clock } from '@millrace/core';

/** Capped exponential back-off with full jitter on its upper half. */
export class Backoff {
  readonly #clock: Clock;
  readonly #leastMs: number;
  readonly #mostMs: number;
  #tries = 0;

  constructor(clock: Clock, leastMs = 50, mostMs = 1000) {
    this.#clock = clock;
    this.#leastMs = leastMs;
    this.#mostMs = mostMs;
  }

  /** What to wait before the next try. */
  nextMs(): number {
    const ms = Math.min(this.#mostMs, this.#leastMs * 2 ** this.#tries++);
    return ms * (0.5 + 0.5 * this.#clock.random());
  }

  reset(): void {
    this.#tries = 0;
  }
}
