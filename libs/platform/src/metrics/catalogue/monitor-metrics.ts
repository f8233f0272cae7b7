import { counter, gauge } from './metric-row.ts';

export const MONITOR_METRICS = {
  millrace_monitor_windows_total: counter('windows', ['judged'], 'windows closed, by whether they could be `judged`'),
  millrace_monitor_incident_events_total: counter(
    'alerts',
    ['event'],
    'by `event`: `opened`, `worsened`, `reminded`, `resolved`',
  ),
  millrace_monitor_open_incidents: gauge(
    '1',
    ['version', 'variant', 'signal'],
    '1 for each [incident](monitoring.md) that is open; on the instance that has the one partition of `counts`',
  ),
  millrace_monitor_signal_log_m: gauge(
    '1',
    ['version', 'variant', 'signal'],
    "how much speaks against a signal: log of the [detector](monitoring.md)'s statistic as of the latest window; absent where nothing does; on the same instance",
  ),
  millrace_monitor_left_out_rows_total: counter('rows', ['why'], 'rows that are not counted: `late`, `misfit`'),
  millrace_monitor_contradicting_outcomes_total: counter(
    'outcomes',
    [],
    'outcomes with another label than the first of their id, which [counts](monitoring.md#performance); as long as the join knows it',
  ),
  millrace_monitor_unprofiled_rows_total: counter('rows', [], 'rows of a version without a profile'),
  millrace_monitor_live_reference_rows: gauge(
    'rows',
    ['version', 'full'],
    'live rows that a `version` [without a profile](monitoring.md#without-a-profile) is compared with, or, while its reference is not `full`, is learnt from; on the instance that has the one partition of `counts`',
  ),
  millrace_monitor_performance: gauge(
    '1',
    ['version', 'variant', 'metric'],
    'what the newest matured window was worth on its labels; absent before one',
  ),
  millrace_monitor_label_coverage: gauge(
    '1',
    ['version', 'variant'],
    'the share of its predictions that have a label; absent likewise',
  ),
  millrace_monitor_estimate: gauge(
    '1',
    ['version', 'variant', 'metric'],
    'what the newest window is worth by estimate; absent before one',
  ),
  millrace_monitor_self_test_false_per_1000_windows: gauge(
    'incidents',
    [],
    "false incidents of the detector on the profile's own data, measured at start in the background; absent until it is",
  ),
  millrace_monitor_self_test_delay_windows: gauge(
    'windows',
    ['change'],
    'windows until a planted `change` is found, likewise; absent where it is not',
  ),
  millrace_monitor_self_test_found_share: gauge('1', ['change'], 'share of planted changes that are found, likewise'),
  millrace_monitor_skew_windows_total: counter(
    'windows',
    ['outcome'],
    'closed windows that were due to be [computed again](monitoring.md#in-the-service), by `outcome`: `checked`, `skipped` (a later one closed first), `too_large`, `failed`; absent where `monitor.skew` is 0',
  ),
  millrace_monitor_skew_predictions_total: counter(
    'predictions',
    ['outcome'],
    'of those in the sample, by `outcome`: `same`, `differs`, `beyond_log`, `not_found`; absent likewise',
  ),
  millrace_monitor_sink_alerts_total: counter(
    'alerts',
    ['sink', 'outcome'],
    'what became of alerts, by `outcome`: `told`, `silenced`, `given_up`; absent without `monitor.sinks`',
  ),
  millrace_monitor_sink_failures_total: counter(
    'attempts',
    ['sink'],
    'attempts to tell an alert, or to read alerts, that failed; absent likewise',
  ),
  millrace_monitor_sink_waiting: gauge(
    'alerts',
    ['sink'],
    'alerts that a `sink` has not been told, on the instance that tells it',
  ),
  millrace_monitor_join_rows: gauge('rows', [], 'predictions that wait for their outcome, or are remembered'),
  millrace_monitor_join_outcomes: gauge('outcomes', [], 'outcomes that wait for their prediction'),
} as const;
