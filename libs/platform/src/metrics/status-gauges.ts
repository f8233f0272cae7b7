import type { Clock } from '@millrace/core';
import type { PartitionLag, RunnerStatus } from '@millrace/stream';

import type { MetricName } from './catalogue/metric-catalogue.ts';
import type { MetricRegistry, Reading } from './metric-registry.ts';

type PerPartition = Reading<{ readonly stage: string; readonly topic: string; readonly partition: string }>;

/** What the runner knows at any time. */
export function addStatusGauges(
  registry: MetricRegistry,
  clock: Clock,
  stage: string,
  status: () => RunnerStatus,
): void {
  const perPartition = (read: (lag: PartitionLag) => number | null) => (): readonly PerPartition[] =>
    status().lags.flatMap((lag) => {
      const value = read(lag);
      return value === null ? [] : [{ labels: { stage, topic: lag.topic, partition: String(lag.partition) }, value }];
    });
  registry.readings(
    'millrace_stage_lag_records',
    perPartition(({ records }) => records),
  );
  registry.readings(
    'millrace_stage_lag_seconds',
    perPartition((lag) => lagSeconds(lag, clock.now())),
  );

  const gauge = (name: StatusGauge, read: (status: RunnerStatus) => number | null): void =>
    registry.readings(name, () => {
      const value = read(status());
      return value === null ? [] : [{ labels: { stage }, value }];
    });
  gauge('millrace_stage_joined', ({ joined }) => (joined ? 1 : 0));
  gauge('millrace_stage_assigned_partitions', ({ assigned }) => assigned);
  gauge('millrace_stage_restoring_tasks', ({ restoring }) => restoring);
  gauge('millrace_stage_last_commit_age_seconds', ({ lastCommitAgeMs }) =>
    lastCommitAgeMs === null ? null : lastCommitAgeMs / 1000,
  );
}

type StatusGauge = Extract<
  MetricName<'gauge'>,
  `millrace_stage_${'joined' | 'assigned_partitions' | 'restoring_tasks' | 'last_commit_age_seconds'}`
>;

function lagSeconds({ records, oldestMs }: PartitionLag, nowMs: number): number | null {
  if (oldestMs !== null) return Math.max(0, nowMs - oldestMs) / 1000;
  return records === 0 ? 0 : null;
}
