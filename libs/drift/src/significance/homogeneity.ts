import { total, type CountsPair } from '../distance/used-bins.ts';
import { chiSquareTail } from './chi-square-tail.ts';
import { NO_DIFFERENCE, type TestResult } from './test-result.ts';

/** What one cell of the table adds to the statistic. */
export type CellTerm = (observed: number, expected: number) => number;

/** A test of the 2×B table of used bins, with B − 1 degrees of freedom. */
export function homogeneity({ live, reference }: CountsPair, term: CellTerm): TestResult {
  const n = total(live);
  const m = total(reference);
  if (n === 0 || m === 0 || live.length < 2) return NO_DIFFERENCE;
  const statistic = live.reduce((sum, s, bin) => {
    const r = reference[bin] as number;
    const share = (s + r) / (n + m);
    return sum + term(s, n * share) + term(r, m * share);
  }, 0);
  return { statistic, p: chiSquareTail(statistic, live.length - 1) };
}
