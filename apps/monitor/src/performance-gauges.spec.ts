import { countRealised, REALISED_SIZE, realisedFrom } from '@millrace/drift';
import { MetricRegistry } from '@millrace/platform';
import { describe, expect, it } from 'vitest';

import { PerformanceGauges } from './performance-gauges.ts';
import type { PerformanceReport } from './performance-report.ts';

/** Of so many right answers and one wrong. */
function report(right: number): PerformanceReport {
  const counts = new Float64Array(REALISED_SIZE);
  for (let row = 0; row < right; row++) countRealised(counts, { score: 0.9, c: 0.9, label: 1 }, 0.5);
  countRealised(counts, { score: 0.9, c: 0.9, label: 0 }, 0.5);
  const coverage = { matured: 2 * (right + 1), labelled: right + 1, share: 0.5, mean_age_ms: 5, sample_rate: 1 };
  return {
    kind: 'realised',
    metrics: realisedFrom(counts).metrics(),
    coverage,
    estimated: null,
    verdict: null,
    slices: {},
  };
}

describe('the gauges of performance', () => {
  it('tell what the newest window said, by version, and the coverage with it', () => {
    const registry = new MetricRegistry();
    const gauges = new PerformanceGauges(registry);
    gauges.set('1', 'champion', report(1));
    gauges.set('1', 'champion', report(3));
    gauges.set('2', 'champion', report(9));
    const points = registry
      .families()
      .flatMap(({ name, points }) =>
        points.map(({ labels, value }) => [name, labels['version'], labels['metric'], value]),
      );
    expect(points.filter(([, , metric]) => metric === 'accuracy')).toEqual([
      ['millrace_monitor_performance', '1', 'accuracy', 0.75],
      ['millrace_monitor_performance', '2', 'accuracy', 0.9],
    ]);
    expect(points).toContainEqual(['millrace_monitor_label_coverage', '1', undefined, 0.5]);
  });
});
