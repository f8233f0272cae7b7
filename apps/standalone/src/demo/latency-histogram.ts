const LEAST_MS = 0.1;
/** Each bucket ends 5 % above the one before: quantiles are right to that. */
const GROWTH = Math.log(1.05);
const BUCKETS = 400;

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/** Durations in logarithmic buckets: constant memory, quantiles to 5 %. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;

  add(ms: number): void {
    const bucket = Math.floor(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / GROWTH);
    const index = Math.min(BUCKETS - 1, bucket);
    this.#counts[index] = (this.#counts[index] as number) + 1;
    this.#total++;
  }

  /** Null before the first duration. */
  quantiles(): Quantiles | null {
    return this.#total === 0 ? null : { p50: this.#quantile(0.5), p99: this.#quantile(0.99) };
  }

  #quantile(share: number): number {
    let left = share * this.#total;
    let bucket = 0;
    while (bucket < BUCKETS - 1 && left > (this.#counts[bucket] as number)) left -= this.#counts[bucket++] as number;
    return Number((LEAST_MS * Math.exp(GROWTH * (bucket + 0.5))).toPrecision(3));
  }
}
