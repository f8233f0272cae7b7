import type { MetricRegistry } from '@millrace/platform';

import type { PerformanceReport } from './performance-report.ts';

/** What the newest windows said of performance: a gauge for each metric, version and variant, from the first time on. */
export class PerformanceGauges {
  readonly #metrics: MetricRegistry;
  readonly #values = new Map<string, number | null>();

  constructor(metrics: MetricRegistry) {
    this.#metrics = metrics;
  }

  set(version: string, variant: string, report: PerformanceReport): void {
    const by = { version, variant };
    if (report.kind === 'estimated') {
      for (const [metric, estimate] of Object.entries(report.metrics))
        this.#set('estimate', 'Estimated before labels', { ...by, metric }, estimate?.value ?? null);
      return;
    }
    for (const [metric, value] of Object.entries(report.metrics))
      this.#set('performance', 'On matured labels', { ...by, metric }, value);
    this.#set('label_coverage', 'Matured predictions with a label', by, report.coverage.share);
  }

  #set(name: string, description: string, attributes: Readonly<Record<string, string>>, value: number | null): void {
    const key = JSON.stringify([name, attributes]);
    const isNew = !this.#values.has(key);
    this.#values.set(key, value);
    if (isNew)
      this.#metrics.gauge(
        { name: `millrace_monitor_${name}`, description, attributes },
        () => this.#values.get(key) ?? null,
      );
  }
}
