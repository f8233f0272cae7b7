import type { KeyedPartition, Tallies } from '@millrace/features';
import type { MetricRegistry } from '@millrace/platform';

import type { FeatureStage } from './feature.stage.ts';

/** What the keyed stages hold, over all partitions of this instance. */
export function addFeatureMetrics(metrics: MetricRegistry, stage: FeatureStage): void {
  const partitions = (): KeyedPartition[] => [...stage.partitions().values()];
  const total = (read: (partition: KeyedPartition) => number) => (): number =>
    partitions().reduce((sum, partition) => sum + read(partition), 0);
  const gauge = (name: string, description: string, read: () => number | null): void =>
    metrics.gauge({ name: `millrace_feature_${name}`, description }, read);
  const tally = (name: string, description: string, of: keyof Tallies): void =>
    gauge(
      name,
      description,
      total(({ tallies }) => tallies[of]),
    );

  gauge(
    'kept_records',
    'Records that windows, open requests and remembered ids keep',
    total(({ gauges }) => gauges.kept),
  );
  gauge(
    'open_requests',
    'Requests that wait for their promise or for parts',
    total(({ gauges }) => gauges.openRequests),
  );
  gauge('dedupe_reach_seconds', 'How far back a resend is recognised, in the partition where it is least', () =>
    leastReach(partitions()),
  );
  tally(
    'late_events',
    'Events to which a window was closed for their age, since their partition came to this instance',
    'lateEvents',
  );
  tally('late_requests', 'Requests answered from windows whose contents may be gone', 'lateRequests');
  tally('duplicate_requests', 'Requests dropped because their id was seen lately', 'duplicates');
}

/** Only assemblers remember ids; null before any has. */
function leastReach(partitions: readonly KeyedPartition[]): number | null {
  const reaches = partitions.map(({ gauges }) => gauges.dedupeReachMs).filter((ms) => ms > 0);
  return reaches.length === 0 ? null : Math.min(...reaches) / 1000;
}
