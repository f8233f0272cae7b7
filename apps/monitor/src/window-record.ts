import { rfc3339, type OutboundRecord } from '@millrace/records';

import type { ClosedWindow } from './close-windows.ts';
import type { JudgedSignal } from './judge-window.ts';
import type { PerformanceReport } from './performance-report.ts';
import { blocksOf } from './weigh-window.ts';

/** So many windows of each stream are kept: the key of an older one is used again. */
const NEWEST = 500;

/** What became of a closed window, for whoever shows it. */
export interface WindowSummary {
  readonly window: ClosedWindow;
  /** Windows of its stream that closed before it. */
  readonly number: number;
  /** Rows that came after their own window was closed, since the window before this one. */
  readonly late: number;
  readonly signals: readonly JudgedSignal[];
  readonly performance: PerformanceReport | null;
}

/**
 * A closed window in `<p>.ledger`: JSON under one of 500 keys per stream, so that compaction leaves the newest 500. Numbers are
 * rounded to 6 digits; counts are as in a delta, on the bins of the version's profile.
 */
export function windowRecord(summary: WindowSummary, topic: string, featureSet: string): OutboundRecord {
  const { window, number, late, signals, performance } = summary;
  const { subject, version, variant, start, end, rows, enough, reference, hours, byHour } = window;
  const key = ['monitor', featureSet, 'window', subject, version, variant, number % NEWEST].join('/');
  const value = {
    number,
    subject,
    version,
    variant,
    ...(reference && { reference }),
    start: rfc3339(start),
    end: rfc3339(end),
    rows,
    blocks: blocksOf(window) ?? null,
    ...(byHour !== undefined && { hours, by_hour: byHour }),
    judged: enough,
    late,
    signals: Object.fromEntries(signals.map((signal) => [signal.ruled.signal.name, signalValue(signal)])),
    counts: subject === 'labels' ? [] : window.counts,
    performance,
  };
  return { topic, partition: 0, key, value: JSON.stringify(value, rounded) };
}

function signalValue({ ruled, evidence, watch }: JudgedSignal) {
  const { state, logM, incident } = watch;
  const measured = evidence && {
    psi: evidence.psi,
    effect: evidence.effect,
    null_quantile: evidence.nullQuantile,
    log_e: evidence.logE,
    w1: evidence.wasserstein,
    ks: evidence.ks,
  };
  return { state, floor: ruled.rule.floor, log_m: logM, incident: incident && rfc3339(incident.openedAt), ...measured };
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
