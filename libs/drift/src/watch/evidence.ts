import { hellinger } from '../distance/hellinger.ts';
import { jensenShannon } from '../distance/jensen-shannon.ts';
import { lInfinity } from '../distance/l-infinity.ts';
import { expectedPsi, nullQuantile, psi } from '../distance/psi.ts';
import { total, usedBins } from '../distance/used-bins.ts';
import type { WatchedSignal } from '../profile/watched-signals.ts';
import { logEvidence } from './e-detector.ts';

/** What one closed window says of one signal. */
export interface Evidence {
  readonly rows: number;
  readonly psi: number;
  /** The PSI less what it is expected to be without a shift. */
  readonly effect: number;
  /** What the PSI of an unchanged window stays below in 95 % of cases. */
  readonly nullQuantile: number;
  /** Log e-value of the window alone. */
  readonly logE: number;
  readonly jensenShannon: number;
  readonly hellinger: number;
  readonly lInfinity: number;
}

/** @param counts the window's counts in the signal's slot, at least one row */
export function weigh(signal: WatchedSignal, counts: ArrayLike<number>): Evidence {
  const pair = usedBins(signal.project(counts), signal.reference);
  const found = psi(pair);
  return {
    rows: total(pair.live),
    psi: found,
    effect: found - expectedPsi(pair),
    nullQuantile: nullQuantile(pair),
    logE: logEvidence(pair),
    jensenShannon: jensenShannon(pair),
    hellinger: hellinger(pair),
    lInfinity: lInfinity(pair),
  };
}
