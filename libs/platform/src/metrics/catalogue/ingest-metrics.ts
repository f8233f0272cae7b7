import { SHORT_SECONDS } from './boundaries.ts';
import { counter, gauge, histogram } from './metric-row.ts';

export const INGEST_METRICS = {
  millrace_ingest_events_total: counter('events', ['type'], 'good events'),
  millrace_ingest_late_events_total: counter('events', [], "events earlier than their partition's promise"),
  millrace_ingest_overdue_events_total: counter(
    'events',
    [],
    "events that [panes](features.md#panes) are closed to: older than their partition's clock less `events.retain_late`",
  ),
  millrace_ingest_promises_dropped_total: counter('promises', [], 'promises dropped because a partition was idle'),
  millrace_ingest_promise_silent_seconds: gauge(
    'seconds',
    [],
    'for how long nothing has come of the open promise that is silent longest: its requests wait; from 10 s on also a warning in the log and a remark in `/health/ready`, at `events.watermark_timeout` it is dropped',
  ),
  millrace_ingest_later_lag_records: gauge(
    'records',
    [],
    'lag of the later stage furthest behind: above `flow.max_lag`, ingest waits',
  ),
  millrace_ingest_requests_total: counter(
    'requests',
    ['code'],
    'requests to `/v1/events` whose body was read, by `code`: `OK`, or of [errors](errors.md)',
  ),
  millrace_ingest_request_seconds: histogram(
    'seconds',
    SHORT_SECONDS,
    [],
    'from such a request, with its body read, until its answer was ready: the log has the events by then',
  ),
} as const;
