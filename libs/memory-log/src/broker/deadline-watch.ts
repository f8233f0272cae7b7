import type { Clock } from '@millrace/core';

/**
 * One timer over many deadlines. It is set for the earliest one known and not touched while deadlines move on, so that a
 * heartbeat or a transaction costs no timer of its own.
 */
export class DeadlineWatch {
  readonly #clock: Clock;
  readonly #sweep: (nowMs: number) => number | null;
  #timer: AbortController | null = null;
  #atMs = Infinity;

  /** @param sweep does what is due at `Clock.elapsed()` and says when the next is; null: nothing is */
  constructor(clock: Clock, sweep: (nowMs: number) => number | null) {
    this.#clock = clock;
    this.#sweep = sweep;
  }

  /** Something is due at `atMs`. */
  by(atMs: number): void {
    if (this.#timer !== null && this.#atMs <= atMs) return;
    this.close();
    const timer = new AbortController();
    this.#timer = timer;
    this.#atMs = atMs;
    void this.#waitFor(timer);
  }

  close(): void {
    this.#timer?.abort();
    this.#timer = null;
  }

  async #waitFor(timer: AbortController): Promise<void> {
    await this.#clock.sleep(Math.max(0, this.#atMs - this.#clock.elapsed()), timer.signal);
    if (timer.signal.aborted) return;
    this.#timer = null;
    const next = this.#sweep(this.#clock.elapsed());
    if (next !== null) this.by(next);
  }
}
