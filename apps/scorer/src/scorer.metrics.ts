import {
  SOURCES,
  type BatchObserver,
  type BatchReport,
  type CacheObserver,
  type DropReason,
  type LeaveReason,
  type Source,
} from '@millrace/inference';
import type { Counter, Histogram, MetricRegistry, ServiceLogger } from '@millrace/platform';

const REASONS: readonly LeaveReason[] = ['idle', 'full', 'due'];
const DROPS: readonly DropReason[] = ['refused', 'expired', 'cancelled'];

interface LoadedVersion {
  readonly model: string;
  readonly version: string;
  /** The execution provider that runs it. */
  readonly provider: string;
  /** Those that were preferred to it. */
  readonly refused: readonly { readonly provider: string }[];
  /** What its cache of answers takes; null: it has none. */
  readonly cachedBytes: number | null;
}

/** What the micro-batcher, its workers and the cache of answers do. */
export class ScorerMetrics implements BatchObserver, CacheObserver {
  readonly #metrics: MetricRegistry;
  readonly #logger: ServiceLogger;
  readonly #batches: Readonly<Record<LeaveReason, Counter>>;
  readonly #dropped: Readonly<Record<Source, Readonly<Record<DropReason, Counter>>>>;
  readonly #waits: Readonly<Record<Source, Histogram>>;
  readonly #rows: Histogram;
  readonly #waited: Histogram;
  readonly #took: Histogram;
  readonly #age: Histogram;
  readonly #lost: Counter;
  readonly #hits: Counter;
  readonly #misses: Counter;
  readonly #evictions: Counter;

  constructor(metrics: MetricRegistry, logger: ServiceLogger) {
    this.#metrics = metrics;
    this.#logger = logger;
    this.#batches = by(REASONS, (reason) => metrics.counter('millrace_scorer_batches_total', { reason }));
    this.#dropped = by(SOURCES, (source) =>
      by(DROPS, (why) => metrics.counter('millrace_scorer_dropped_rows_total', { source, why })),
    );
    this.#waits = by(SOURCES, (source) => metrics.histogram('millrace_scorer_row_wait_seconds', { source }));
    this.#rows = metrics.histogram('millrace_scorer_batch_rows');
    this.#waited = metrics.histogram('millrace_scorer_batch_wait_seconds');
    this.#took = metrics.histogram('millrace_scorer_batch_seconds');
    this.#age = metrics.histogram('millrace_scorer_batch_age_seconds');
    this.#lost = metrics.counter('millrace_scorer_workers_lost_total');
    this.#hits = metrics.counter('millrace_scorer_cache_rows_total', { found: 'hit' });
    this.#misses = metrics.counter('millrace_scorer_cache_rows_total', { found: 'miss' });
    this.#evictions = metrics.counter('millrace_scorer_cache_evictions_total');
  }

  batch({ reason, rows, waitedMs, tookMs, oldestAgeMs, parts }: BatchReport): void {
    this.#batches[reason].add();
    this.#rows.record(rows);
    this.#waited.record(waitedMs / 1000);
    this.#took.record(tookMs / 1000);
    this.#age.record(oldestAgeMs / 1000);
    for (const part of parts) this.#waits[part.source].record(part.waitedMs / 1000, part.rows);
  }

  dropped(source: Source, why: DropReason, rows: number): void {
    this.#dropped[source][why].add(rows);
  }

  /** Rows that wait, read when somebody asks. */
  queue(rowsOf: (source: Source) => number): void {
    this.#metrics.readings('millrace_scorer_queue_rows', () =>
      SOURCES.map((source) => ({ labels: { source }, value: rowsOf(source) })),
    );
  }

  looked(hits: number, misses: number): void {
    this.#hits.add(hits);
    this.#misses.add(misses);
  }

  evicted(): void {
    this.#evictions.add();
  }

  /** The versions that are loaded, read when somebody asks. */
  loaded(versions: () => readonly LoadedVersion[]): void {
    this.#metrics.readings('millrace_scorer_model_info', () =>
      versions().map(({ model, version, provider }) => ({ labels: { model, version, provider }, value: 1 })),
    );
    this.#metrics.readings('millrace_scorer_refused_providers', () =>
      versions().flatMap(({ model, version, refused }) =>
        refused.map(({ provider }) => ({ labels: { model, version, provider }, value: 1 })),
      ),
    );
    this.#metrics.readings('millrace_scorer_cache_bytes', () =>
      versions().flatMap(({ model, version, cachedBytes }) =>
        cachedBytes === null ? [] : [{ labels: { model, version }, value: cachedBytes }],
      ),
    );
  }

  readonly workerLost = (error: Error): void => {
    this.#lost.add();
    this.#logger.warn(`a worker was lost and is replaced: ${error.message}`);
  };
}

function by<Key extends string, Value>(keys: readonly Key[], make: (key: Key) => Value): Readonly<Record<Key, Value>> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<Key, Value>;
}
