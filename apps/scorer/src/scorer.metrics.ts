import {
  SOURCES,
  type BatchObserver,
  type BatchReport,
  type CacheObserver,
  type DropReason,
  type LeaveReason,
  type Source,
} from '@millrace/inference';
import {
  BATCH_RECORDS,
  SHORT_SECONDS,
  type Counter,
  type Histogram,
  type MetricRegistry,
  type ServiceLogger,
} from '@millrace/platform';

const REASONS: readonly LeaveReason[] = ['idle', 'full', 'due'];
const DROPS: readonly DropReason[] = ['refused', 'expired', 'cancelled'];

interface ModelInfo {
  readonly name: string;
  readonly version: string;
  readonly provider: string;
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
  readonly #models = new Set<string>();

  constructor(metrics: MetricRegistry, logger: ServiceLogger) {
    this.#metrics = metrics;
    this.#logger = logger;
    this.#batches = by(REASONS, (reason) => this.#counter('batches_total', 'Batches, by why they left', { reason }));
    this.#dropped = by(SOURCES, (source) =>
      by(DROPS, (why) => this.#counter('dropped_rows_total', 'Rows that were not computed', { source, why })),
    );
    this.#waits = by(SOURCES, (source) =>
      this.#seconds('row_wait_seconds', "From a row's arrival until its batch left", { source }),
    );
    this.#rows = metrics.histogram(
      { name: 'millrace_scorer_batch_rows', description: 'Rows in a batch' },
      BATCH_RECORDS,
    );
    this.#waited = this.#seconds('batch_wait_seconds', "How long a batch's oldest row had waited when it left");
    this.#took = this.#seconds('batch_seconds', 'How long the model worked on a batch');
    this.#age = this.#seconds('batch_age_seconds', "How old a batch's oldest row was when its results were there");
    this.#lost = this.#counter('workers_lost_total', 'Worker threads that died or hung, and were replaced');
    const asked = 'Rows that were looked for in the cache of answers';
    this.#hits = this.#counter('cache_rows_total', asked, { found: 'hit' });
    this.#misses = this.#counter('cache_rows_total', asked, { found: 'miss' });
    this.#evictions = this.#counter('cache_evictions_total', 'Answers that went before their time, for want of room');
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
    for (const source of SOURCES) {
      const info = { name: 'millrace_scorer_queue_rows', description: 'Rows that wait for a batch' };
      this.#metrics.gauge({ ...info, attributes: { source } }, () => rowsOf(source));
    }
  }

  looked(hits: number, misses: number): void {
    this.#hits.add(hits);
    this.#misses.add(misses);
  }

  evicted(): void {
    this.#evictions.add();
  }

  /**
   * A version, for as long as it is loaded; read when somebody asks.
   *
   * @param cachedBytes what its cache of answers takes; null: it has none, or is gone
   */
  served(
    { name: model, version, provider }: ModelInfo,
    isLoaded: () => boolean,
    cachedBytes: () => number | null,
  ): void {
    const title = `${model}/${version}`;
    if (this.#models.has(title)) return;
    this.#models.add(title);
    const info = { name: 'millrace_scorer_model_info', description: 'The versions that are loaded' };
    this.#metrics.gauge({ ...info, attributes: { model, version, provider } }, () => (isLoaded() ? 1 : null));
    const cache = { name: 'millrace_scorer_cache_bytes', description: 'What the cache of answers takes' };
    this.#metrics.gauge({ ...cache, attributes: { model, version } }, cachedBytes);
  }

  readonly workerLost = (error: Error): void => {
    this.#lost.add();
    this.#logger.warn(`a worker was lost and is replaced: ${error.message}`);
  };

  #counter(name: string, description: string, attributes: Readonly<Record<string, string>> = {}): Counter {
    return this.#metrics.counter({ name: `millrace_scorer_${name}`, description, attributes });
  }

  #seconds(name: string, description: string, attributes: Readonly<Record<string, string>> = {}): Histogram {
    return this.#metrics.histogram({ name: `millrace_scorer_${name}`, description, attributes }, SHORT_SECONDS);
  }
}

function by<Key extends string, Value>(keys: readonly Key[], make: (key: Key) => Value): Readonly<Record<Key, Value>> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<Key, Value>;
}
