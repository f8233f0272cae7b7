import type { Counter, MetricRegistry, ServiceLogger } from '@millrace/platform';

import type { SinkObserver } from './sink-observer.ts';

/** What becomes of alerts at one sink, in numbers and in log lines. */
export class SinkMetrics implements SinkObserver {
  readonly #sink: string;
  readonly #logger: ServiceLogger;
  readonly #alerts: Readonly<Record<'told' | 'silenced' | 'given_up', Counter>>;
  readonly #failures: Counter;

  constructor(sink: string, metrics: MetricRegistry, logger: ServiceLogger) {
    const alerts = (outcome: string): Counter =>
      metrics.counter('millrace_monitor_sink_alerts_total', { sink, outcome });
    this.#sink = sink;
    this.#logger = logger;
    this.#alerts = { told: alerts('told'), silenced: alerts('silenced'), given_up: alerts('given_up') };
    this.#failures = metrics.counter('millrace_monitor_sink_failures_total', { sink });
  }

  over(incident: string, outcome: 'told' | 'silenced'): void {
    this.#alerts[outcome].add();
    this.#logger.log(`alert ${outcome}`, { sink: this.#sink, incident });
  }

  failed(incident: string, why: string, againMs: number): void {
    this.#failures.add();
    this.#logger.warn(`an alert could not be told: ${why}`, {
      sink: this.#sink,
      incident,
      again_s: Math.round(againMs / 1000),
    });
  }

  gaveUp(incident: string, why: string): void {
    this.#alerts.given_up.add();
    this.#logger.error(`an alert is given up: ${why}`, { sink: this.#sink, incident });
  }

  unread(why: string): void {
    this.#failures.add();
    this.#logger.warn(`alerts cannot be read for now: ${why}`, { sink: this.#sink });
  }

  stopped(why: string, againMs: number): void {
    this.#failures.add();
    this.#logger.error(`alerts cannot be read: ${why}`, { sink: this.#sink, again_s: Math.round(againMs / 1000) });
  }
}
