import type { Counter, MetricRegistry, ServiceLogger } from '@millrace/platform';

import type { IngestObserver, SilentPromise } from './ingest-observer.ts';

/** Producers repeat their watermark at least so often. */
const STALLED_MS = 10_000;

/** What users send, in numbers. */
export class IngestMetrics implements IngestObserver {
  readonly #metrics: MetricRegistry;
  readonly #logger: ServiceLogger;
  readonly #events = new Map<string, Counter>();
  readonly #refused = new Map<string, Counter>();
  readonly #late: Counter;
  readonly #overdue: Counter;
  readonly #dropped: Counter;
  #silent: readonly SilentPromise[] = [];
  /** Of which the log has been told: `promise/partition`. */
  #told: ReadonlySet<string> = new Set();

  constructor(metrics: MetricRegistry, logger: ServiceLogger) {
    this.#metrics = metrics;
    this.#logger = logger;
    this.#late = metrics.counter({
      name: 'millrace_ingest_late_events_total',
      description: "Events earlier than their partition's promise",
    });
    this.#overdue = metrics.counter({
      name: 'millrace_ingest_overdue_events_total',
      description: "Events that panes are closed to: older than their partition's clock less events.retain_late",
    });
    this.#dropped = metrics.counter({
      name: 'millrace_ingest_promises_dropped_total',
      description: 'Promises dropped because a partition was idle',
    });
    metrics.gauge(
      {
        name: 'millrace_ingest_promise_silent_seconds',
        description: 'For how long nothing has come of the open promise that is silent longest',
      },
      () => Math.max(0, ...this.#silent.map(({ silentMs }) => silentMs)) / 1000,
    );
  }

  event(type: string, late: boolean): void {
    this.#counter(this.#events, 'millrace_ingest_events_total', 'Good events', { type }).add();
    if (late) this.#late.add();
  }

  overdue(): void {
    this.#overdue.add();
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

  /** What is silent for longer than producers may be is told once. */
  promisesSilent(silent: readonly SilentPromise[]): void {
    this.#silent = silent;
    const stalled = silent.filter(({ silentMs }) => silentMs >= STALLED_MS);
    for (const promise of stalled) if (!this.#told.has(nameOf(promise))) this.#logger.warn(stallOf(promise));
    this.#told = new Set(stalled.map(nameOf));
  }

  /** Of the stalled promises, for people; null where there is none. */
  silence(): string | null {
    const stalled = this.#silent.filter(({ silentMs }) => silentMs >= STALLED_MS);
    return stalled.length === 0 ? null : stalled.map(stallOf).join('; ');
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

function nameOf({ id, partition }: SilentPromise): string {
  return `${partition}/${id}`;
}

function stallOf({ id, partition, silentMs }: SilentPromise): string {
  const seconds = Math.floor(silentMs / 1000);
  return `the promise ${id} has stalled: nothing has come in partition ${partition} for ${seconds} s; its requests wait until its producer goes on, or it is dropped`;
}
