import type { MetricRegistry } from '@millrace/platform';

import type { PerformanceReport } from './performance-report.ts';

interface Told<Labels> {
  readonly labels: Labels;
  readonly value: number | null;
}

type Variant = { readonly version: string; readonly variant: string };
type Metric = Variant & { readonly metric: string };

/** What the newest windows said of performance: for each metric, version and variant, from the first time on. */
export class PerformanceGauges {
  readonly #estimates = new Map<string, Told<Metric>>();
  readonly #performance = new Map<string, Told<Metric>>();
  readonly #coverage = new Map<string, Told<Variant>>();

  constructor(metrics: MetricRegistry) {
    metrics.readings('millrace_monitor_estimate', () => known(this.#estimates));
    metrics.readings('millrace_monitor_performance', () => known(this.#performance));
    metrics.readings('millrace_monitor_label_coverage', () => known(this.#coverage));
  }

  set(version: string, variant: string, report: PerformanceReport): void {
    const by = { version, variant };
    if (report.kind === 'estimated') {
      for (const [metric, estimate] of Object.entries(report.metrics))
        tell(this.#estimates, { ...by, metric }, estimate?.value ?? null);
      return;
    }
    for (const [metric, value] of Object.entries(report.metrics)) tell(this.#performance, { ...by, metric }, value);
    tell(this.#coverage, by, report.coverage.share);
  }
}

function tell<Labels>(told: Map<string, Told<Labels>>, labels: Labels, value: number | null): void {
  told.set(JSON.stringify(labels), { labels, value });
}

function known<Labels>(
  told: ReadonlyMap<string, Told<Labels>>,
): readonly { readonly labels: Labels; readonly value: number }[] {
  return [...told.values()].flatMap(({ labels, value }) => (value === null ? [] : [{ labels, value }]));
}
