import { describe, expect, it } from 'vitest';

import { classifierMetrics } from './classifier-metrics.ts';

describe('classifierMetrics', () => {
  it('are those of scikit-learn', () => {
    const scores = [0.9, 0.5, 0.2, 0.49, 0.7, 0.01];
    const rows = [1, 1, 1, 0, 0, 0].map((label, i) => ({ score: scores[i] as number, label }));
    // roc_auc_score, log_loss, brier_score_loss, accuracy_score (from 0.5 on 1) of scikit-learn 1.9.1
    expect(classifierMetrics(rows)).toEqual({
      auc: expect.closeTo(0.6666666666666667, 12),
      logLoss: expect.closeTo(0.7158855503491791, 12),
      brier: expect.closeTo(0.2717, 12),
      accuracy: expect.closeTo(0.6666666666666666, 12),
    });
  });

  it('stay finite where a probability is 0 or 1 and wrong', () => {
    expect(classifierMetrics([{ score: 0, label: 1 }])?.logLoss).toBeCloseTo(34.54, 2);
    expect(classifierMetrics([{ score: 1, label: 0 }])?.logLoss).toBeCloseTo(34.54, 2);
  });

  it('have no area where there is one class, and are null without rows', () => {
    expect(classifierMetrics([{ score: 0.5, label: 1 }])).toEqual({
      auc: null,
      logLoss: Math.LN2,
      brier: 0.25,
      accuracy: 1,
    });
    expect(classifierMetrics([])).toBeNull();
  });
});
