import { readFileSync } from 'node:fs';

type Test = readonly [statistic: number, p: number, freedom: number];

/** What SciPy 1.17 and River say of worked examples; how each was made is in the file's `note`. */
export interface MonitoringGolden {
  readonly numeric: Readonly<Record<string, unknown>>;
  readonly categorical_evidently_counts: {
    readonly ref: readonly number[];
    readonly cur: readonly number[];
    readonly chi2_homogeneity: Test;
    readonly 'g_test(log-likelihood,nocorr)': Test;
  };
  readonly fisher: Readonly<Record<string, number>>;
  readonly bh: { readonly p: readonly number[]; readonly adj_bh: readonly number[] };
  readonly sequential_multinomial: { readonly log_bayes_factor: number };
  readonly river_streams: Readonly<Record<'stream1' | 'stream2' | 'doc12345' | 'multi42' | 'ddm42', string>>;
  readonly river_expected: Readonly<Record<string, readonly number[]>>;
  readonly e_detector: Readonly<Record<'log_e' | 'log_e2' | 'log_M_after_S2_three_times', number>>;
  readonly cbpe: {
    readonly calibrated: readonly number[];
    readonly threshold: number;
    readonly expected: Readonly<Record<'TP' | 'FP' | 'TN' | 'FN', number>>;
    readonly accuracy: number;
    readonly f1: number;
    readonly auc_unbinned: number;
  };
}

export const monitoringGolden = JSON.parse(
  readFileSync(new URL('monitoring.golden.json', import.meta.url), 'utf8'),
) as MonitoringGolden;
