import { counter, gauge } from './metric-row.ts';

export const FEATURE_METRICS = {
  millrace_feature_kept_records: gauge(
    'records',
    [],
    'the size of the state: records that windows, open requests and remembered ids keep',
  ),
  millrace_feature_open_requests: gauge('requests', [], 'requests that wait for their promise or for parts'),
  millrace_feature_dedupe_reach_seconds: gauge(
    'seconds',
    [],
    'how far back a resend is recognised, where that is least; absent before a request was seen',
  ),
  millrace_feature_late_events_total: counter(
    'events',
    [],
    'events to which a window was closed, in each stage: they are older than all it sees, or their [pane](features.md#panes) may be folded; counted again when state is restored',
  ),
  millrace_feature_late_requests_total: counter(
    'requests',
    [],
    'requests answered from windows whose contents may be gone, likewise',
  ),
  millrace_feature_duplicate_requests_total: counter('requests', [], 'requests dropped as resends, likewise'),
} as const;
