import type { PlantedResult } from '@millrace/drift';
import type { MetricRegistry } from '@millrace/platform';

import type { SelfTestRun } from './self-test-run.ts';

/** In the order of a report. */
const CHANGES = ['shift_0.1_sd', 'shift_0.2_sd', 'shift_0.5_sd', 'missing_5_percent', 'unseen_2_percent'];

/** What the self-test has found, once it has. */
export function addSelfTestGauges(metrics: MetricRegistry, run: SelfTestRun): void {
  const name = (what: string): string => `millrace_monitor_self_test_${what}`;
  metrics.gauge(
    { name: name('false_per_1000_windows'), description: 'False incidents of the detector on its own reference' },
    () => run.report?.falsePer1000 ?? null,
  );
  CHANGES.forEach((change, place) => {
    const planted = (): PlantedResult | undefined => run.report?.planted[place];
    const attributes = { change };
    metrics.gauge(
      { name: name('delay_windows'), description: 'Windows until a planted change is found', attributes },
      () => {
        return planted()?.medianWindows ?? null;
      },
    );
    metrics.gauge({ name: name('found_share'), description: 'Planted changes found', attributes }, () => {
      const { found, trials } = planted() ?? { found: 0, trials: 0 };
      return trials === 0 ? null : found / trials;
    });
  });
}
