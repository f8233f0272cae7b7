import { quantile } from '../quantile.ts';

/** What is said of the longest rest of the output in each round. */
export function restartResult(gapsMs: readonly number[]): Readonly<Record<string, string>> {
  const seconds = (ms: number): string => (ms / 1000).toFixed(2);
  const sorted = gapsMs.toSorted((a, b) => a - b);
  return {
    'gap s, each round': gapsMs.map(seconds).join(' '),
    'gap s, median': seconds(quantile(sorted, 0.5)),
    'gap s, worst': seconds(sorted.at(-1) ?? Number.NaN),
  };
}
