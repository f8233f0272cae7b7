/** Processes that took the record at the committed offset and did not come to commit past it. */
export interface Tries {
  /** In a batch. */
  readonly together: number;
  /** Alone. */
  readonly alone: number;
  /** Behind the batches that were tried: if a record kills the process, it is one before this offset. */
  readonly until: number;
}

const MOST_TOGETHER = 2;
const MOST_ALONE = 2;

/**
 * Finds the record that kills the process, of one input partition. A process that dies leaves no error behind; what it
 * leaves is a count, committed before the first batch that follows a take-over. After two such deaths records are taken
 * one by one, each counted before it runs; one that was counted at two deaths is given up.
 *
 * Whatever fails without killing the process takes its count back: no record is given up for the weather's sake.
 *
 * ```
 * take over → count 1 → batch … dies   take over → count 2 → batch … dies
 * take over → alone 1 → record 17 … dies   take over → alone 2 → record 17 … dies   take over → record 17 is given up
 * ```
 */
export class Trial {
  #tries: Tries | null;
  /** `new`: to be counted before it is processed; `survived`: processed without killing, and not committed. */
  #phase: 'new' | 'counted' | 'survived' | 'over' = 'new';

  /** @param found what the marker of the latest commit says */
  constructor(found: Tries | null) {
    this.#tries = found;
  }

  /** Records must be taken one by one. */
  get isSuspect(): boolean {
    return this.#tries !== null && this.#tries.together >= MOST_TOGETHER;
  }

  /** The record at the committed offset has killed its processes alone. */
  get isConvicted(): boolean {
    return this.isSuspect && (this.#tries as Tries).alone >= MOST_ALONE;
  }

  /** A batch was processed, and its count still stands in the log. */
  get hasSurvived(): boolean {
    return this.#phase === 'survived';
  }

  /**
   * What must be committed before a batch that ends at `end` is processed; undefined: nothing. Says the same however
   * often it is asked before that is committed.
   */
  toCount(end: number): Tries | null | undefined {
    if (this.#phase === 'survived') return this.#withoutAlone();
    if (this.#phase !== 'new' || this.isConvicted) return undefined;
    const { together, alone, until } = this.#tries ?? { together: 0, alone: 0, until: 0 };
    if (this.isSuspect) return { together, alone: alone + 1, until };
    return { together: together + 1, alone: 0, until: Math.max(until, end) };
  }

  /** `toCount` was committed. */
  counted(): void {
    if (this.#phase === 'survived') this.#tries = this.#withoutAlone();
    this.#phase = this.#phase === 'survived' && !this.isSuspect ? 'over' : 'counted';
  }

  /** The batch was processed, well or not: it does not kill. */
  survived(): void {
    if (this.#phase === 'counted') this.#phase = 'survived';
  }

  /** What a commit of `offset`, past what was tried, says. */
  past(offset: number): Tries | null {
    return this.isSuspect && offset < (this.#tries as Tries).until ? this.#withoutAlone() : null;
  }

  /** `past(offset)` was committed. */
  passed(offset: number): void {
    this.#tries = this.past(offset);
    this.#phase = this.#tries ? 'new' : 'over';
  }

  #withoutAlone(): Tries | null {
    return this.isSuspect ? { ...(this.#tries as Tries), alone: 0 } : null;
  }
}
