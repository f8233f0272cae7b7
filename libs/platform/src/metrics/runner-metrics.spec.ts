import { ManualClock } from '@millrace/core/testing';
import { NO_HEADERS, type InboundRecord } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import { MetricRegistry } from './metric-registry.ts';
import { MetricsPage } from './metrics-page.ts';
import { addStatusGauges, RunnerMetrics } from './runner-metrics.ts';

const record = (timestamp: number): InboundRecord => ({
  topic: 't',
  partition: 0,
  offset: 0,
  timestamp,
  key: null,
  value: null,
  headers: NO_HEADERS,
});

async function page(use: (metrics: RunnerMetrics, registry: MetricRegistry) => void): Promise<string> {
  const clock = new ManualClock(10_000);
  const registry = new MetricRegistry(clock);
  use(new RunnerMetrics(registry, clock, 'ingest'), registry);
  return new MetricsPage('ingest', registry).text();
}

describe('RunnerMetrics', () => {
  it('shows rate, errors and durations on the page', async () => {
    const text = await page((metrics) => {
      metrics.committed(
        [record(9_000), record(9_940)],
        { outputs: 5, deadLetters: 1 },
        { takenAtMs: 9_950, processMs: 3, commitMs: 20 },
      );
      metrics.committed([], { outputs: 2, deadLetters: 0 }, { takenAtMs: 9_990, processMs: 0, commitMs: 9 });
      metrics.failed(new Error('weather'), 'retry');
    });
    expect(text).toContain(
      '# TYPE millrace_stage_records_total counter\nmillrace_stage_records_total{stage="ingest"} 2\n',
    );
    expect(text).toContain('millrace_stage_outputs_total{stage="ingest"} 7');
    expect(text).toContain('millrace_stage_dead_letters_total{stage="ingest"} 1');
    expect(text).toContain('millrace_stage_errors_total{stage="ingest",action="retry"} 1');
    expect(text).toContain('millrace_stage_errors_total{stage="ingest",action="fatal"} 0');
    expect(text).toContain('# TYPE millrace_stage_latency_seconds histogram');
    expect(text).toContain('millrace_stage_latency_seconds_bucket{stage="ingest",le="0.05"} 0');
    expect(text).toContain('millrace_stage_latency_seconds_bucket{stage="ingest",le="0.1"} 1');
    expect(text).toContain('millrace_stage_latency_seconds_bucket{stage="ingest",le="1"} 2');
    expect(text).toContain('millrace_stage_queue_wait_seconds_sum{stage="ingest"} 0.96');
  });

  it('describes a family once, however many attributes it has', async () => {
    const text = await page(() => undefined);
    expect(text.match(/# TYPE millrace_stage_errors_total/g)).toHaveLength(1);
  });

  it('leaves a gauge out that has no value yet', async () => {
    const status = { joined: true, assigned: 4, restoring: 0, lastCommitAgeMs: null, lagRecords: 12 };
    const text = await page((_, registry) => addStatusGauges(registry, 'ingest', () => status));
    expect(text).toContain('millrace_stage_lag_records{stage="ingest"} 12');
    expect(text).not.toContain('millrace_stage_last_commit_age_seconds{');
  });
});
