import type { Counter, Histogram, MetricRegistry, ServiceLogger } from '@millrace/platform';

import type { IngestObserver, SilentPromise } from './ingest-observer.ts';

/** Producers repeat their watermark at least so often. */
const STALLED_MS = 10_000;

/** What users send, in numbers. */
export class IngestMetrics implements IngestObserver {
  readonly #metrics: MetricRegistry;
  readonly #logger: ServiceLogger;
  readonly #events = new Map<string, Counter>();
  readonly #requests = new Map<string, Counter>();
  readonly #requestSeconds: Histogram;
  readonly #late: Counter;
  readonly #overdue: Counter;
  readonly #dropped: Counter;
  #silent: readonly SilentPromise[] = [];
  /** Of which the log has been told: `promise/partition`. */
  #told: ReadonlySet<string> = new Set();

  constructor(metrics: MetricRegistry, logger: ServiceLogger) {
    this.#metrics = metrics;
    this.#logger = logger;
    this.#requestSeconds = metrics.histogram('millrace_ingest_request_seconds');
    this.#requestsOf('OK');
    this.#late = metrics.counter('millrace_ingest_late_events_total');
    this.#overdue = metrics.counter('millrace_ingest_overdue_events_total');
    this.#dropped = metrics.counter('millrace_ingest_promises_dropped_total');
    metrics.reading(
      'millrace_ingest_promise_silent_seconds',
      () => Math.max(0, ...this.#silent.map(({ silentMs }) => silentMs)) / 1000,
    );
  }

  event(type: string, late: boolean): void {
    this.#eventsOf(type).add();
    if (late) this.#late.add();
  }

  /** A request to the door, by how it ended: `OK`, or a code of the error table. */
  request(code: string, tookMs: number): void {
    this.#requestsOf(code).add();
    this.#requestSeconds.record(tookMs / 1000);
  }

  overdue(): void {
    this.#overdue.add();
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

  #requestsOf(code: string): Counter {
    const found = this.#requests.get(code) ?? this.#metrics.counter('millrace_ingest_requests_total', { code });
    this.#requests.set(code, found);
    return found;
  }

  /** Types come from the plan, so there are few. */
  #eventsOf(type: string): Counter {
    const found = this.#events.get(type) ?? this.#metrics.counter('millrace_ingest_events_total', { type });
    this.#events.set(type, found);
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
