import type { Counter, MetricRegistry, ServiceLogger } from '@millrace/platform';

import type { IngestObserver } from './ingest-observer.ts';

/** What users send, in numbers. */
export class IngestMetrics implements IngestObserver {
  readonly #metrics: MetricRegistry;
  readonly #logger: ServiceLogger;
  readonly #events = new Map<string, Counter>();
  readonly #refused = new Map<string, Counter>();
  readonly #late: Counter;
  readonly #dropped: Counter;

  constructor(metrics: MetricRegistry, logger: ServiceLogger) {
    this.#metrics = metrics;
    this.#logger = logger;
    this.#late = metrics.counter({
      name: 'millrace_ingest_late_events_total',
      description: "Events earlier than their partition's promise",
    });
    this.#dropped = metrics.counter({
      name: 'millrace_ingest_promises_dropped_total',
      description: 'Promises dropped because a partition was idle',
    });
  }

  event(type: string, late: boolean): void {
    this.#counter(this.#events, 'millrace_ingest_events_total', 'Good events', { type }).add();
    if (late) this.#late.add();
  }

  refused(code: string): void {
    this.#counter(this.#refused, 'millrace_ingest_refused_total', 'Events that became dead letters', { code }).add();
  }

  promiseDropped({ id, partition }: { readonly id: string; readonly partition: number }): void {
    this.#dropped.add();
    this.#logger.warn(`the promise was dropped: partition ${partition} was idle for events.watermark_timeout`, {
      promise: id,
      partition,
    });
  }

  /** Types come from the plan and codes from the error table, so there are few. */
  #counter(
    known: Map<string, Counter>,
    name: string,
    description: string,
    attributes: Readonly<Record<string, string>>,
  ): Counter {
    const label = Object.values(attributes).join();
    const found = known.get(label) ?? this.#metrics.counter({ name, description, attributes });
    known.set(label, found);
    return found;
  }
}
