/** Which requests of one run are out, and what came of each. Times are `Clock.elapsed()`. */
export class AnswerBook {
  /** When each request that waits was due. */
  readonly #waiting = new Map<string, number>();
  readonly #settled = new Map<string, 'answered' | 'refused'>();
  readonly #deadLetters = new Map<string, number>();
  /** From when a request was due, not from when it was sent: a stall cannot hide by delaying the questions. */
  readonly latenciesMs: number[] = [];
  #requests = 0;
  #doubled = 0;
  #lastAnswerMs: number | null = null;

  asked(id: string, dueMs: number): void {
    if (this.#waiting.has(id) || this.#settled.has(id)) return; // a resend inside the file: one answer to both
    this.#requests++;
    this.#waiting.set(id, dueMs);
  }

  /** A prediction, of whichever request: those of others are not counted. */
  answered(id: string, atMs: number): void {
    if (this.#settled.get(id) === 'answered') {
      this.#doubled++;
      return;
    }
    const dueMs = this.#waiting.get(id);
    if (dueMs === undefined) return;
    this.#waiting.delete(id);
    this.#settled.set(id, 'answered');
    this.#lastAnswerMs = atMs;
    this.latenciesMs.push(atMs - dueMs);
  }

  /** A dead letter of this run. */
  refused(id: string, code: string): void {
    if (this.#waiting.delete(id)) this.#settled.set(id, 'refused');
    this.#deadLetters.set(code, (this.#deadLetters.get(code) ?? 0) + 1);
  }

  get requests(): number {
    return this.#requests;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get doubled(): number {
    return this.#doubled;
  }

  get deadLetters(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#deadLetters);
  }

  /** Null before the first. */
  get lastAnswerMs(): number | null {
    return this.#lastAnswerMs;
  }
}
