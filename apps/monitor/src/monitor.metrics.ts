import type { IncidentEvent } from '@millrace/drift';
import type { Counter, MetricRegistry, ServiceLogger } from '@millrace/platform';

import { LiveReferenceGauges } from './live-reference-gauges.ts';
import type { MonitorObserver } from './monitor-observer.ts';
import { PerformanceGauges } from './performance-gauges.ts';
import type { PerformanceReport } from './performance-report.ts';

/** What the monitor sees, in numbers, and what it has to say, in log lines. */
export class MonitorMetrics implements MonitorObserver {
  readonly #logger: ServiceLogger;
  readonly #judged: Counter;
  readonly #unjudged: Counter;
  readonly #unprofiled: Counter;
  readonly #late: Counter;
  readonly #misfit: Counter;
  readonly #contradicted: Counter;
  readonly #alerts: Readonly<Record<IncidentEvent, Counter>>;
  readonly #unprofiledVersions = new Set<string>();
  readonly #performance: PerformanceGauges;
  readonly #live: LiveReferenceGauges;

  constructor(metrics: MetricRegistry, logger: ServiceLogger) {
    const alerts = (event: IncidentEvent): Counter =>
      metrics.counter('millrace_monitor_incident_events_total', { event });
    this.#logger = logger;
    this.#performance = new PerformanceGauges(metrics);
    this.#live = new LiveReferenceGauges(metrics);
    this.#judged = metrics.counter('millrace_monitor_windows_total', { judged: 'true' });
    this.#unjudged = metrics.counter('millrace_monitor_windows_total', { judged: 'false' });
    this.#unprofiled = metrics.counter('millrace_monitor_unprofiled_rows_total');
    this.#late = metrics.counter('millrace_monitor_left_out_rows_total', { why: 'late' });
    this.#misfit = metrics.counter('millrace_monitor_left_out_rows_total', { why: 'misfit' });
    this.#contradicted = metrics.counter('millrace_monitor_contradicting_outcomes_total');
    this.#alerts = {
      opened: alerts('opened'),
      worsened: alerts('worsened'),
      reminded: alerts('reminded'),
      resolved: alerts('resolved'),
    };
  }

  unprofiled(version: string): void {
    this.#unprofiled.add();
    if (this.#unprofiledVersions.has(version)) return;
    this.#unprofiledVersions.add(version);
    this.#logger.warn(
      `version ${version} has no profile.json: it is compared with its own first rows, once there are enough. Make one with \`millrace model profile\`.`,
    );
  }

  learnt(version: string, rows: number, full: boolean): void {
    this.#live.set(version, rows, full);
  }

  leftOut(rows: number, why: 'late' | 'misfit'): void {
    (why === 'late' ? this.#late : this.#misfit).add(rows);
  }

  contradicted(): void {
    this.#contradicted.add();
  }

  windowClosed(
    version: string,
    window: { readonly start: number; readonly end: number },
    rows: number,
    judged: boolean,
  ): void {
    (judged ? this.#judged : this.#unjudged).add();
    this.#logger.log(`window closed${judged ? '' : ' with too few rows'}`, {
      version,
      rows,
      start: iso(window.start),
      end: iso(window.end),
    });
  }

  measured(version: string, variant: string, report: PerformanceReport): void {
    this.#performance.set(version, variant, report);
    if (report.unusable === undefined) return;
    const what =
      report.kind === 'estimated'
        ? 'a first output that is no probability'
        : 'a label, or a first output, that cannot be';
    this.#logger.warn(`${report.unusable} predictions of a window have ${what}: they are in no metric of performance`, {
      version,
      variant,
      unusable: report.unusable,
    });
  }

  alerted(signal: string, event: IncidentEvent): void {
    this.#alerts[event].add();
    this.#logger.warn(`incident on ${signal} ${event}`, { signal, event });
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
