/** When a replay may send what: by event time at a speed, by a rate, or at once. All in milliseconds. */
export class ReplayPace {
  readonly #speed: number | undefined;
  readonly #rate: number | undefined;
  readonly #startedMs: number;
  readonly #firstAt: number;

  constructor(
    pace: { readonly speed?: number | undefined; readonly rate?: number | undefined },
    startedMs: number,
    firstAt: number,
  ) {
    this.#speed = pace.speed;
    this.#rate = pace.rate;
    this.#startedMs = startedMs;
    this.#firstAt = firstAt;
  }

  /** The elapsed time at which the n-th event (from 0), stamped `at`, is due. */
  dueMs(n: number, at: number | null): number {
    const bySpeed = this.#speed === undefined || at === null ? 0 : (at - this.#firstAt) / this.#speed;
    const byRate = this.#rate === undefined ? 0 : (n * 1000) / this.#rate;
    return this.#startedMs + Math.max(bySpeed, byRate);
  }

  /** The event time that has come by now; null where speed does not say. */
  eventTime(elapsedMs: number): number | null {
    return this.#speed === undefined ? null : Math.floor(this.#firstAt + (elapsedMs - this.#startedMs) * this.#speed);
  }
}
