import type { KeyedPartition } from '@millrace/features';
import type { MetricRegistry } from '@millrace/platform';

import type { FeatureStage } from './feature.stage.ts';

/** What the keyed stages hold, over all partitions of this instance, and what they met. */
export function addFeatureMetrics(metrics: MetricRegistry, stage: FeatureStage): void {
  const partitions = (): KeyedPartition[] => [...stage.partitions().values()];
  const total = (read: (partition: KeyedPartition) => number) => (): number =>
    partitions().reduce((sum, partition) => sum + read(partition), 0);
  metrics.reading(
    'millrace_feature_kept_records',
    total(({ gauges }) => gauges.kept),
  );
  metrics.reading(
    'millrace_feature_open_requests',
    total(({ gauges }) => gauges.openRequests),
  );
  metrics.reading('millrace_feature_dedupe_reach_seconds', () => leastReach(partitions()));
  metrics.reading('millrace_feature_late_events_total', () => stage.tallies().lateEvents);
  metrics.reading('millrace_feature_late_requests_total', () => stage.tallies().lateRequests);
  metrics.reading('millrace_feature_duplicate_requests_total', () => stage.tallies().duplicates);
}

/** Only assemblers remember ids; null before any has. */
function leastReach(partitions: readonly KeyedPartition[]): number | null {
  const reaches = partitions.map(({ gauges }) => gauges.dedupeReachMs).filter((ms) => ms > 0);
  return reaches.length === 0 ? null : Math.min(...reaches) / 1000;
}
