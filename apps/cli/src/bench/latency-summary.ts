/** Milliseconds; null of nothing. */
export type LatencySummary = Readonly<Record<'p50' | 'p90' | 'p99' | 'p99.9' | 'max', number | null>>;

/** By nearest rank: each is a latency that was met. */
export function latencySummary(latenciesMs: readonly number[]): LatencySummary {
  const sorted = Float64Array.from(latenciesMs).sort();
  const rank = (share: number): number | null => {
    const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    return found === undefined ? null : Math.round(found * 100) / 100;
  };
  return { p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), 'p99.9': rank(0.999), max: rank(1) };
}
