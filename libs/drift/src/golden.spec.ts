import { describe, expect, it } from 'vitest';

import { ksOnBins } from './distance/ks-on-bins.ts';
import { psi } from './distance/psi.ts';
import { usedBins } from './distance/used-bins.ts';
import { wassersteinOnBins } from './distance/wasserstein-on-bins.ts';
import { benjaminiHochberg } from './significance/benjamini-hochberg.ts';
import { chiSquareTest } from './significance/chi-square-test.ts';
import { fisherExact } from './significance/fisher-exact.ts';
import { gTest } from './significance/g-test.ts';
import { kolmogorovSmirnov } from './significance/kolmogorov-smirnov.ts';
import { mannWhitney } from './significance/mann-whitney.ts';
import { pooledCounts } from './significance/pooled-counts.ts';
import { golden, relative } from './testing/golden.ts';
import { monitoringGolden } from './testing/monitoring-golden.ts';

const { numeric, categorical_evidently_counts: category, fisher, bh } = monitoringGolden;
const a = golden.sample;
const b = golden.liveSample;
const pooled = pooledCounts(b, a);
const wasserstein = wassersteinOnBins(pooled, pooled.points);
const mean = a.reduce((sum, value) => sum + value, 0) / a.length;
const sd = Math.sqrt(a.reduce((sum, value) => sum + (value - mean) ** 2, 0) / a.length);
const bins = usedBins(golden.live, golden.reference);
const categories = usedBins(category.cur, category.ref);

/** By key of `numeric`: what we find, or where else it is held, or why it is nothing of ours. */
const NUMERIC: Readonly<Record<string, number | readonly number[] | string>> = {
  a: 'how the sample is made',
  b: 'how the sample is made',
  ks_D: ksOnBins(pooled),
  'ks_p_asymp(kstwo.sf(D,round(mn/(m+n))))': kolmogorovSmirnov(b, a).p,
  ks_p_exact: 'another p-value of the same D',
  'ks_p_limiting_series(kolmogorov(sqrt(en)*D))': 'another p-value of the same D',
  wasserstein,
  'wasserstein/std_pop(a)': wasserstein / sd,
  energy: 'no distance of the specification',
  cvm_stat: 'no test of the specification',
  cvm_p: 'no test of the specification',
  'mannwhitney_U,p': [a.length * b.length - mannWhitney(b, a).statistic, mannWhitney(b, a).p],
  'decile_edges(np.quantile linear)': 'profile/build-profile.spec.ts',
  counts_a: 'profile/build-profile.spec.ts',
  counts_b: 'profile/build-profile.spec.ts',
  psi_plus_half: psi(bins),
  psi_raw: 'PSI adds half a count to each bin',
  js_distance_base2: 'distance/distances.spec.ts',
  js_distance_nat: 'the distance is in base 2',
  hellinger: 'distance/distances.spec.ts',
  linf: 'distance/distances.spec.ts',
  tvd: 'distance/distances.spec.ts',
  'chi2_homogeneity(stat,p,dof)': [chiSquareTest(bins).statistic, chiSquareTest(bins).p, bins.live.length - 1],
  'psi_null_95_threshold(chi2(.95,9)*(1/200+1/150))': 'distance/distances.spec.ts',
};

describe('the golden values', () => {
  it('are all matched, or said to be nothing of ours', () => {
    expect(Object.keys(NUMERIC)).toEqual(Object.keys(numeric));
    expect(Object.keys(monitoringGolden)).toEqual([
      'numeric',
      'categorical_evidently_counts',
      'fisher',
      'bh',
      'asymptotic_CS', // a confidence sequence, which the specification does not use
      'sequential_multinomial', // watch/e-detector.spec.ts
      'river_streams', // detector/detectors.spec.ts; EDDM and ADWIN's old indices are not ours
      'river_expected',
      'note',
      'e_detector', // watch/e-detector.spec.ts
      'cbpe', // performance/performance.spec.ts
    ]);
  });

  it.each(Object.entries(NUMERIC).filter(([, found]) => typeof found !== 'string'))(
    'of two samples: %s',
    (key, found) => {
      const expected = [numeric[key]].flat() as number[];
      [found].flat().forEach((value, i) => expect(relative(value as number, expected[i] as number)).toBeLessThan(1e-9));
    },
  );

  it.each([
    ['χ²', chiSquareTest(categories), category.chi2_homogeneity],
    ['G', gTest(categories), category['g_test(log-likelihood,nocorr)']],
  ] as const)('of a category: %s', (_, found, [statistic, p]) => {
    expect(relative(found.statistic, statistic)).toBeLessThan(1e-9);
    expect(relative(found.p, p)).toBeLessThan(1e-9);
  });

  it('of Fisher’s test', () => {
    expect(relative(fisherExact(30, 45, 60, 30), fisher['[[30,45],[60,30]]'] as number)).toBeLessThan(1e-9);
  });

  it('of the correction for many tests, which carry 6 digits', () => {
    benjaminiHochberg(bh.p).forEach((p, i) => expect(Math.abs(p - (bh.adj_bh[i] as number))).toBeLessThan(5.1e-7));
  });
});
