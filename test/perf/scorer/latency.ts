import { quantile } from '../quantile.ts';

/** How long requests took. */
export interface Latency {
  readonly sent: number;
  readonly answered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

/** @param latenciesMs of each; NaN where nothing came */
export function latencyOf(latenciesMs: Float64Array): Latency {
  const sorted = latenciesMs.filter((ms) => !Number.isNaN(ms)).toSorted();
  return {
    sent: latenciesMs.length,
    answered: sorted.length,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    mostMs: sorted.at(-1) ?? Number.NaN,
  };
}
