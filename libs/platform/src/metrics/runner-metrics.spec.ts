import { ManualClock } from '@millrace/core/testing';
import { NO_HEADERS, type DeadLetter, type InboundRecord } from '@millrace/records';
import type { RunnerStatus } from '@millrace/stream';
import { describe, expect, it } from 'vitest';

import { expose, OPEN_METRICS, PROMETHEUS_TEXT, type Exposition } from './exposition.ts';
import { MetricRegistry } from './metric-registry.ts';
import { RunnerMetrics } from './runner-metrics.ts';
import { addStatusGauges } from './status-gauges.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const NOTHING = { outputs: 0, deadLetters: [], eventTimes: [] };

const record = (timestamp: number): InboundRecord => ({
  topic: 't',
  partition: 0,
  offset: 0,
  timestamp,
  key: null,
  value: null,
  headers: NO_HEADERS,
});

const letter = (code: string): DeadLetter => ({
  stage: 'ingest',
  code,
  reason: '',
  topic: 't',
  partition: 0,
  offset: 0,
  attempts: 0,
  key: null,
  value: null,
});

function page(
  use: (metrics: RunnerMetrics, registry: MetricRegistry, clock: ManualClock) => void,
  exposition: Exposition = PROMETHEUS_TEXT,
): string {
  const clock = new ManualClock(10_000);
  const registry = new MetricRegistry();
  use(new RunnerMetrics(registry, clock, 'ingest'), registry, clock);
  return expose(registry.families(), exposition);
}

describe('RunnerMetrics', () => {
  it('shows rate, errors and durations on the page', () => {
    const text = page((metrics) => {
      metrics.committed(
        [record(9_000), record(9_940)],
        { ...NOTHING, outputs: 5 },
        { takenAtMs: 9_950, processMs: 3, commitMs: 20 },
      );
      metrics.committed([], { ...NOTHING, outputs: 2 }, { takenAtMs: 9_990, processMs: 0, commitMs: 9 });
      metrics.failed(new Error('weather'), 'retry');
    });
    expect(text).toContain(
      '# TYPE millrace_stage_records_total counter\nmillrace_stage_records_total{stage="ingest"} 2\n',
    );
    expect(text).toContain('millrace_stage_outputs_total{stage="ingest"} 7');
    expect(text).toContain('millrace_stage_errors_total{stage="ingest",action="retry"} 1');
    expect(text).toContain('millrace_stage_errors_total{stage="ingest",action="fatal"} 0');
    expect(text).toContain('# TYPE millrace_stage_latency_seconds histogram');
    expect(text).toContain('millrace_stage_latency_seconds_bucket{stage="ingest",le="0.05"} 0');
    expect(text).toContain('millrace_stage_latency_seconds_bucket{stage="ingest",le="0.1"} 1');
    expect(text).toContain('millrace_stage_latency_seconds_bucket{stage="ingest",le="1"} 2');
    expect(text).toContain('millrace_stage_queue_wait_seconds_sum{stage="ingest"} 0.96');
  });

  it('counts dead letters by code, from 0, so that the first of a code is an increase', () => {
    const deadLetters = [letter('NOT_JSON'), letter('NOT_JSON'), letter('A_CODE_OF_ITS_OWN')];
    const text = page((metrics) =>
      metrics.committed([], { ...NOTHING, deadLetters }, { takenAtMs: 0, processMs: 0, commitMs: 0 }),
    );
    expect(text).toContain('millrace_stage_dead_letters_total{stage="ingest",code="NOT_JSON"} 2');
    expect(text).toContain('millrace_stage_dead_letters_total{stage="ingest",code="A_CODE_OF_ITS_OWN"} 1');
    expect(text).toContain('millrace_stage_dead_letters_total{stage="ingest",code="SCHEMA_VIOLATION"} 0');
  });

  it('says how old events are when what they led to is committed, and takes none for younger than now', () => {
    const text = page((metrics) =>
      metrics.committed(
        [],
        { ...NOTHING, eventTimes: [9_970, 4_000, 20_000] },
        { takenAtMs: 0, processMs: 0, commitMs: 0 },
      ),
    );
    expect(text).toContain('millrace_stage_event_latency_seconds_bucket{stage="ingest",le="0.005"} 1');
    expect(text).toContain('millrace_stage_event_latency_seconds_bucket{stage="ingest",le="0.05"} 2');
    expect(text).toContain('millrace_stage_event_latency_seconds_bucket{stage="ingest",le="10"} 3');
    expect(text).toContain('millrace_stage_event_latency_seconds_sum{stage="ingest"} 6.03');
  });

  it('names the traces of sampled records beside the buckets that they are in, in OpenMetrics alone', () => {
    const sampled = record(9_400);
    sampled.trace = { traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01`, eventTimeMs: 7_000 };
    const use = (metrics: RunnerMetrics): void =>
      metrics.committed(
        [record(9_990), sampled],
        { ...NOTHING, eventTimes: [7_000] },
        { takenAtMs: 9_999, processMs: 0, commitMs: 0 },
      );
    const text = page(use, OPEN_METRICS);
    const named = text.split('\n').filter((line) => line.includes(' # '));
    expect(named).toEqual([
      `millrace_stage_latency_seconds_bucket{stage="ingest",le="1.0"} 2 # {trace_id="${TRACE_ID}"} 0.6 10`,
      `millrace_stage_event_latency_seconds_bucket{stage="ingest",le="5.0"} 1 # {trace_id="${TRACE_ID}"} 3 10`,
    ]);
    expect(page(use)).not.toContain(TRACE_ID);
  });
});

describe('addStatusGauges', () => {
  const STATUS: RunnerStatus = {
    joined: true,
    assigned: 3,
    restoring: 0,
    lastCommitAgeMs: null,
    lagRecords: 12,
    lags: [
      { topic: 't', partition: 0, records: 12, oldestMs: 7_500 },
      { topic: 't', partition: 1, records: 0, oldestMs: null },
      { topic: 't', partition: 2, records: 3, oldestMs: null },
    ],
  };

  it('says of each partition how many records wait and how old the oldest is, 0 where none does, nothing where nobody knows', () => {
    const text = page((_, registry, clock) => addStatusGauges(registry, clock, 'ingest', () => STATUS));
    const lag = text.split('\n').filter((line) => line.startsWith('millrace_stage_lag'));
    expect(lag).toEqual([
      'millrace_stage_lag_records{stage="ingest",topic="t",partition="0"} 12',
      'millrace_stage_lag_records{stage="ingest",topic="t",partition="1"} 0',
      'millrace_stage_lag_records{stage="ingest",topic="t",partition="2"} 3',
      'millrace_stage_lag_seconds{stage="ingest",topic="t",partition="0"} 2.5',
      'millrace_stage_lag_seconds{stage="ingest",topic="t",partition="1"} 0',
    ]);
  });

  it('leaves a gauge out that has no value yet', () => {
    const text = page((_, registry, clock) => addStatusGauges(registry, clock, 'ingest', () => STATUS));
    expect(text).toContain('millrace_stage_joined{stage="ingest"} 1');
    expect(text).not.toContain('millrace_stage_last_commit_age_seconds');
  });
});
