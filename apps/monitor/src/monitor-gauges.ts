import type { SignalWatch } from '@millrace/drift';
import type { MetricRegistry } from '@millrace/platform';

import type { MonitorStage } from './monitor.stage.ts';

/** A watched signal of a version, and what is known of it. */
interface WatchedSignal {
  readonly labels: { readonly version: string; readonly variant: string; readonly signal: string };
  readonly watch: SignalWatch;
}

/** What the monitor holds. */
export function addMonitorGauges(metrics: MetricRegistry, stage: Pick<MonitorStage, 'gauges' | 'watches'>): void {
  metrics.reading('millrace_monitor_join_rows', () => stage.gauges().rows);
  metrics.reading('millrace_monitor_join_outcomes', () => stage.gauges().outcomes);
  metrics.readings('millrace_monitor_open_incidents', () =>
    signals(stage).flatMap(({ labels, watch }) => (watch.incident ? [{ labels, value: 1 }] : [])),
  );
  metrics.readings('millrace_monitor_signal_log_m', () =>
    signals(stage).flatMap(({ labels, watch }) => (watch.logM === null ? [] : [{ labels, value: watch.logM }])),
  );
}

function signals(stage: Pick<MonitorStage, 'watches'>): readonly WatchedSignal[] {
  return [...stage.watches()].flatMap(([key, watches]) => {
    const [version, variant] = JSON.parse(key) as readonly [string, string];
    return [...watches].map(([signal, watch]) => ({ labels: { version, variant, signal }, watch }));
  });
}
