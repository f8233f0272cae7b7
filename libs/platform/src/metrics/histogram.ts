/**
 * A histogram with fixed boundaries on typed arrays: some nanoseconds for a record, where a metrics library's takes
 * hundreds. A value counts in the first bucket whose boundary is not below it (boundaries are inclusive upper bounds).
 */
export class Histogram {
  readonly boundaries: Float64Array;
  /** One more than boundaries: the last holds what is above all of them. */
  readonly counts: Float64Array;
  count = 0;
  sum = 0;

  constructor(boundaries: readonly number[]) {
    this.boundaries = Float64Array.from(boundaries);
    this.counts = new Float64Array(boundaries.length + 1);
  }

  /** `times`: for so many values at once. */
  record(value: number, times = 1): void {
    const { boundaries, counts } = this;
    let bucket = 0;
    while (bucket < boundaries.length && value > (boundaries[bucket] as number)) bucket++;
    counts[bucket] = (counts[bucket] as number) + times;
    this.count += times;
    this.sum += value * times;
  }
}

/** From a millisecond to a minute: what a hop through the log takes. Seconds, as Prometheus wants them. */
export const LATENCY_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60] as const;

/** From a tenth of a millisecond to ten seconds: what happens within a process. */
export const SHORT_SECONDS = [
  0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
] as const;

/** How many records go into one transaction. */
export const BATCH_RECORDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] as const;
