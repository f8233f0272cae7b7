import { hellinger } from '../distance/hellinger.ts';
import { jensenShannon } from '../distance/jensen-shannon.ts';
import { ksOnBins } from '../distance/ks-on-bins.ts';
import { lInfinity } from '../distance/l-infinity.ts';
import { expectedPsi, nullQuantile, psi } from '../distance/psi.ts';
import { totalVariation } from '../distance/total-variation.ts';
import { total, usedBins, type CountsPair } from '../distance/used-bins.ts';
import { wassersteinOnBins } from '../distance/wasserstein-on-bins.ts';
import type { WatchedSignal } from '../profile/watched-signals.ts';
import { mannWhitneyOnBins } from '../significance/mann-whitney.ts';
import { logEvidence } from './e-detector.ts';
import { logMean, logShiftEvidence } from './shift-evidence.ts';

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
  /** How probable as large a shift is in an unchanged window, by this window alone; 1 where that cannot be told. */
  readonly shiftP: number;
  readonly jensenShannon: number;
  readonly hellinger: number;
  readonly lInfinity: number;
  /** The share of rows that would have to lie in other bins for there to be no change. */
  readonly totalVariation: number;
  /** W1 between the bins' means, in standard deviations of the reference. Null where there is no such scale. */
  readonly wasserstein: number | null;
  /** Kolmogorov–Smirnov on the bins. Null where they have no order. */
  readonly ks: number | null;
}

/** Of a window without a row. */
const NOTHING: Evidence = {
  rows: 0,
  psi: 0,
  effect: 0,
  nullQuantile: 0,
  logE: 0,
  shiftP: 1,
  jensenShannon: 0,
  hellinger: 0,
  lInfinity: 0,
  totalVariation: 0,
  wasserstein: null,
  ks: null,
};

/** A bet that nothing differs gains nothing when so it is: halves M, which Shiryaev–Roberts would else add 1 to, for ever. */
const AS_EVER = -Math.LN2;

/** Of the reference in one bin. */
const MOST_SHARE = 0.2;

/**
 * What a window says of a signal. A window without a row says nothing: all is 0. Where all rows ever seen lie in one bin, it halves
 * what there was against it.
 *
 * @param counts the window's counts in the signal's slot
 * @param blocks where rows of one entity depend on one another, how many entities there are: the window then weighs as if
 *   it had so many rows
 */
export function weigh(signal: WatchedSignal, counts: ArrayLike<number>, blocks = Number.POSITIVE_INFINITY): Evidence {
  const all = signal.project(counts);
  const rows = total(all);
  if (rows === 0 || blocks <= 0) return NOTHING;
  const live = blocks < rows ? all.map((count) => (count * blocks) / rows) : all;
  const pair = usedBins(live, signal.reference);
  const found = psi(pair);
  return {
    rows,
    psi: found,
    effect: found - expectedPsi(pair),
    nullQuantile: nullQuantile(pair),
    logE: logEOf(pair, signal, live),
    jensenShannon: jensenShannon(pair),
    hellinger: hellinger(pair),
    lInfinity: lInfinity(pair),
    totalVariation: totalVariation(pair),
    ...alongTheScale(signal, live),
  };
}

/** Where bins have an order, half of the bet is on a shift: what that costs is at most ln 2 where the change is another. */
function logEOf(pair: CountsPair, { scale, reference }: WatchedSignal, live: readonly number[]): number {
  if (pair.live.length < 2) return AS_EVER;
  const ends = scale?.points.length ?? 0;
  const ordered = usedBins(live.slice(0, ends), reference.slice(0, ends)).live.length;
  return ordered < 2 ? logEvidence(pair) : logMean(logEvidence(pair), logShiftEvidence(pair, ordered));
}

/** Of the finite values alone. */
function alongTheScale({ scale, reference }: WatchedSignal, live: readonly number[]) {
  const { points, sd } = scale ?? { points: [], sd: 0 };
  const finite = { live: live.slice(0, points.length), reference: reference.slice(0, points.length) };
  if (total(finite.live) === 0 || total(finite.reference) === 0) return { wasserstein: null, ks: null, shiftP: 1 };
  const scaled = wassersteinOnBins(finite, points) / sd;
  return { wasserstein: Number.isFinite(scaled) ? scaled : null, ks: ksOnBins(finite), shiftP: shiftP(finite) };
}

/**
 * By Mann and Whitney on the bins. Its normal approximation is to be trusted as far out as an alarm lies (1 in 100,000) where
 * no bin holds much of the reference, as between deciles: of a number that is nearly always 0, some ones more than usual would pass for impossible.
 */
function shiftP(finite: CountsPair): number {
  const crowded = Math.max(...finite.reference) > MOST_SHARE * total(finite.reference);
  return crowded ? 1 : mannWhitneyOnBins(finite).p;
}
