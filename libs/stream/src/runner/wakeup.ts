/** Something to wait for and to be woken from; a wake without a waiter is remembered once. */
export class Wakeup {
  #pending = false;
  #resolve: (() => void) | null = null;
  #timer: AbortController | null = null;
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<void>;

  constructor(sleep: (ms: number, signal: AbortSignal) => Promise<void>) {
    this.#sleep = sleep;
  }

  wake(): void {
    this.#pending = true;
    this.#resolve?.();
    this.#timer?.abort();
  }

  /** Until woken, at most `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.#pending) {
      const timer = new AbortController();
      this.#timer = timer;
      const woken = new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
      await Promise.race([woken, this.#sleep(ms, timer.signal)]);
      timer.abort();
      this.#resolve = null;
    }
    this.#pending = false;
  }
}
