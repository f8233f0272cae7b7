/** A gap between two looks beyond which we were frozen, cut off or starved: other people's silence then proves nothing. */
const LONGEST_GAP_MS = 5000;

/** Since when this process has looked regularly: `Clock.elapsed()` milliseconds. */
export class AwakeTime {
  #sinceMs: number;
  #lookedMs: number;

  constructor(elapsedMs: number) {
    this.#sinceMs = elapsedMs;
    this.#lookedMs = elapsedMs;
  }

  get sinceMs(): number {
    return this.#sinceMs;
  }

  look(elapsedMs: number): void {
    if (elapsedMs - this.#lookedMs > LONGEST_GAP_MS) this.#sinceMs = elapsedMs;
    this.#lookedMs = elapsedMs;
  }
}
