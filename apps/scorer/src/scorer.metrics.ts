import type { BatchReport } from '@millrace/inference';
import {
  BATCH_RECORDS,
  LATENCY_SECONDS,
  type Counter,
  type Histogram,
  type MetricRegistry,
  type ServiceLogger,
} from '@millrace/platform';

type Reason = BatchReport['reason'];
const REASONS: readonly Reason[] = ['idle', 'full', 'due'];

/** What the micro-batcher and its workers do. */
export class ScorerMetrics {
  readonly #logger: ServiceLogger;
  readonly #batches: Readonly<Record<Reason, Counter>>;
  readonly #rows: Histogram;
  readonly #waited: Histogram;
  readonly #took: Histogram;
  readonly #lost: Counter;

  constructor(metrics: MetricRegistry, logger: ServiceLogger) {
    const batches = (reason: Reason): [Reason, Counter] => [
      reason,
      metrics.counter({
        name: 'millrace_scorer_batches_total',
        description: 'Batches, by why they left',
        attributes: { reason },
      }),
    ];
    this.#logger = logger;
    this.#batches = Object.fromEntries(REASONS.map(batches)) as Record<Reason, Counter>;
    this.#rows = metrics.histogram(
      { name: 'millrace_scorer_batch_rows', description: 'Rows in a batch' },
      BATCH_RECORDS,
    );
    this.#waited = metrics.histogram(
      { name: 'millrace_scorer_batch_wait_seconds', description: "How long a batch's oldest row waited" },
      LATENCY_SECONDS,
    );
    this.#took = metrics.histogram(
      { name: 'millrace_scorer_batch_seconds', description: 'How long the model worked on a batch' },
      LATENCY_SECONDS,
    );
    this.#lost = metrics.counter({
      name: 'millrace_scorer_workers_lost_total',
      description: 'Worker threads that died or hung, and were replaced',
    });
  }

  readonly batch = ({ reason, rows, waitedMs, tookMs }: BatchReport): void => {
    this.#batches[reason].add();
    this.#rows.record(rows);
    this.#waited.record(waitedMs / 1000);
    this.#took.record(tookMs / 1000);
  };

  readonly workerLost = (error: Error): void => {
    this.#lost.add();
    this.#logger.warn(`a worker was lost and is replaced: ${error.message}`);
  };
}
