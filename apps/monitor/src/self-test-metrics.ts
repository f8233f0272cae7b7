import type { PlantedResult } from '@millrace/drift';
import type { MetricRegistry } from '@millrace/platform';

import type { SelfTestRun } from './self-test-run.ts';

/** In the order of a report. */
const CHANGES = ['shift_0.1_sd', 'shift_0.2_sd', 'shift_0.5_sd', 'missing_5_percent', 'unseen_2_percent'];

/** What the self-test has found, once it has. */
export function addSelfTestGauges(metrics: MetricRegistry, run: SelfTestRun): void {
  metrics.reading('millrace_monitor_self_test_false_per_1000_windows', () => run.report?.falsePer1000 ?? null);
  const planted = (read: (result: PlantedResult) => number | null) => () =>
    CHANGES.flatMap((change, place) => {
      const result = run.report?.planted[place];
      const value = result ? read(result) : null;
      return value === null ? [] : [{ labels: { change }, value }];
    });
  metrics.readings(
    'millrace_monitor_self_test_delay_windows',
    planted(({ medianWindows }) => medianWindows),
  );
  metrics.readings(
    'millrace_monitor_self_test_found_share',
    planted(({ found, trials }) => (trials === 0 ? null : found / trials)),
  );
}
