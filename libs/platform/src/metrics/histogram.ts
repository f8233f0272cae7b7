/** A traced record whose value counts in a bucket. */
export interface Exemplar {
  readonly value: number;
  readonly traceId: string;
  /** Wall clock, epoch milliseconds. */
  readonly atMs: number;
}

/**
 * A histogram with fixed boundaries on typed arrays: some nanoseconds for a record, where a metrics library's takes
 * hundreds. A value counts in the first bucket whose boundary is not below it (boundaries are inclusive upper bounds).
 */
export class Histogram {
  readonly boundaries: Float64Array;
  /** One more than boundaries: the last holds what is above all of them. */
  readonly counts: Float64Array;
  /** The latest of each bucket, where there is one. */
  readonly exemplars = new Map<number, Exemplar>();
  count = 0;
  sum = 0;

  constructor(boundaries: readonly number[]) {
    this.boundaries = Float64Array.from(boundaries);
    this.counts = new Float64Array(boundaries.length + 1);
  }

  /** `times`: for so many values at once. */
  record(value: number, times = 1): void {
    const { counts } = this;
    const bucket = this.#bucketOf(value);
    counts[bucket] = (counts[bucket] as number) + times;
    this.count += times;
    this.sum += value * times;
  }

  /** Names a record for a value that was recorded. */
  exemplify(exemplar: Exemplar): void {
    this.exemplars.set(this.#bucketOf(exemplar.value), exemplar);
  }

  #bucketOf(value: number): number {
    const { boundaries } = this;
    let bucket = 0;
    while (bucket < boundaries.length && value > (boundaries[bucket] as number)) bucket++;
    return bucket;
  }
}
