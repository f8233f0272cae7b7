import type { MetricRegistry } from '@millrace/platform';

import type { PerformanceReport } from './performance-report.ts';

const PREFIX = 'millrace_monitor_';
const DESCRIPTIONS = {
  estimate: 'What the newest window is worth by estimate',
  performance: 'What the newest matured window was worth on its labels',
  label_coverage: 'Matured predictions with a label',
} as const;

/** What the newest windows said of performance: a gauge for each metric, version and variant, from the first time on. */
export class PerformanceGauges {
  readonly #metrics: MetricRegistry;
  readonly #values = new Map<string, number | null>();

  constructor(metrics: MetricRegistry) {
    this.#metrics = metrics;
    for (const [name, description] of Object.entries(DESCRIPTIONS))
      metrics.gauge({ name: PREFIX + name, description }, () => null); // known before there is anything to tell
  }

  set(version: string, variant: string, report: PerformanceReport): void {
    const by = { version, variant };
    if (report.kind === 'estimated') {
      for (const [metric, estimate] of Object.entries(report.metrics))
        this.#set('estimate', { ...by, metric }, estimate?.value ?? null);
      return;
    }
    for (const [metric, value] of Object.entries(report.metrics)) this.#set('performance', { ...by, metric }, value);
    this.#set('label_coverage', by, report.coverage.share);
  }

  #set(name: keyof typeof DESCRIPTIONS, attributes: Readonly<Record<string, string>>, value: number | null): void {
    const key = JSON.stringify([name, attributes]);
    const isNew = !this.#values.has(key);
    this.#values.set(key, value);
    const info = { name: PREFIX + name, description: DESCRIPTIONS[name], attributes };
    if (isNew) this.#metrics.gauge(info, () => this.#values.get(key) ?? null);
  }
}
