/** JSON as it is. Of predictions that are matured: their label came, or the time for it has passed. */
export interface CoverageState {
  readonly matured: number;
  readonly labelled: number;
  /** Milliseconds from prediction to label, summed and the longest. */
  readonly labelAgeMs: number;
  readonly longestMs: number;
}

/** What is shown beside every metric on labels. */
export interface Coverage {
  readonly matured: number;
  readonly labelled: number;
  readonly share: number;
  readonly meanAgeMs: number | null;
  readonly longestMs: number | null;
}

/**
 * How many of the matured predictions have a label, and how old labels are when they come. Without one matured
 * prediction there is no coverage, and a metric without its coverage is not shown.
 *
 * ```ts
 * const coverage = new LabelCoverage();
 * for (const age of [1000, null, 3000, null]) coverage.mature(age);
 * coverage.summary(); // { matured: 4, labelled: 2, share: 0.5, meanAgeMs: 2000, longestMs: 3000 }
 * ```
 */
export class LabelCoverage {
  #state: CoverageState = { matured: 0, labelled: 0, labelAgeMs: 0, longestMs: 0 };

  /** @param ageMs from the prediction's time to the label's, 0 where the label is the earlier; null: none came in time */
  mature(ageMs: number | null): void {
    const age = Math.max(0, ageMs ?? 0);
    this.merge({ matured: 1, labelled: ageMs === null ? 0 : 1, labelAgeMs: age, longestMs: age });
  }

  merge(other: CoverageState): void {
    const { matured, labelled, labelAgeMs, longestMs } = this.#state;
    this.#state = {
      matured: matured + other.matured,
      labelled: labelled + other.labelled,
      labelAgeMs: labelAgeMs + other.labelAgeMs,
      longestMs: Math.max(longestMs, other.longestMs),
    };
  }

  toJSON(): CoverageState {
    return this.#state;
  }

  summary(): Coverage | null {
    const { matured, labelled, labelAgeMs, longestMs } = this.#state;
    if (matured === 0) return null;
    const ages =
      labelled === 0 ? { meanAgeMs: null, longestMs: null } : { meanAgeMs: labelAgeMs / labelled, longestMs };
    return { matured, labelled, share: labelled / matured, ...ages };
  }
}
