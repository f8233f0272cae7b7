/** How the served values of one feature differ from those that were computed again. */
export interface FeatureSkew {
  readonly feature: string;
  /** Vectors compared. */
  readonly rows: number;
  /** Both have a value, and it is another one. */
  readonly mismatch: number;
  /** What was served has none. */
  readonly missing: number;
  /** Only what was served has one. */
  readonly extra: number;
  /** The first that differs; null: none does. `NaN` is no value. */
  readonly first: SkewedValue | null;
}

export interface SkewedValue {
  readonly id: string;
  /** Event time, epoch milliseconds. */
  readonly at: number;
  readonly served: number;
  readonly recomputed: number;
}

type Counts = Record<'mismatch' | 'missing' | 'extra', number>;

interface Vector {
  readonly id: string;
  readonly at: number;
  readonly vector: ArrayLike<number>;
}

/** Compares vectors bit by bit: the served path and the offline one are one code, and round once. */
export class SkewCounts {
  readonly #features: readonly string[];
  readonly #counts: Counts[];
  readonly #first: (SkewedValue | null)[];
  #rows = 0;
  #skewedRows = 0;

  /** @param features names in the order of the vector */
  constructor(features: readonly string[]) {
    this.#features = features;
    this.#counts = features.map(() => ({ mismatch: 0, missing: 0, extra: 0 }));
    this.#first = features.map(() => null);
  }

  add({ id, at, vector }: Vector, recomputed: ArrayLike<number>): void {
    this.#rows++;
    const differ = this.#features.filter((_, i) => {
      const values = { served: vector[i] ?? Number.NaN, recomputed: recomputed[i] ?? Number.NaN };
      const how = differenceOf(values);
      if (how === null) return false;
      (this.#counts[i] as Counts)[how]++;
      this.#first[i] ??= { id, at, ...values };
      return true;
    });
    if (differ.length > 0) this.#skewedRows++;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Vectors of which any value differs. */
  get skewedRows(): number {
    return this.#skewedRows;
  }

  get features(): readonly FeatureSkew[] {
    return this.#features.map((feature, i) => ({
      feature,
      rows: this.#rows,
      ...(this.#counts[i] as Counts),
      first: this.#first[i] as SkewedValue | null,
    }));
  }
}

function differenceOf({ served, recomputed }: Pick<SkewedValue, 'served' | 'recomputed'>) {
  if (Number.isNaN(served)) return Number.isNaN(recomputed) ? null : 'missing';
  if (Number.isNaN(recomputed)) return 'extra';
  return served === recomputed ? null : 'mismatch';
}
