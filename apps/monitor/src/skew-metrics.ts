import type { SkewReport } from '@millrace/features';
import type { Counter, MetricRegistry, ServiceLogger } from '@millrace/platform';

import type { SkewObserver, SkewOutcome } from './skew-runs.ts';

/** What became of the windows that were to be computed again, and of the predictions in their samples. */
export class SkewMetrics implements SkewObserver {
  readonly #logger: ServiceLogger;
  readonly #windows: Readonly<Record<SkewOutcome, Counter>>;
  readonly #predictions: Readonly<Record<'same' | 'differs' | 'beyond_log' | 'not_found', Counter>>;

  constructor(metrics: MetricRegistry, logger: ServiceLogger) {
    const windows = (outcome: SkewOutcome): Counter =>
      metrics.counter('millrace_monitor_skew_windows_total', { outcome });
    const predictions = (outcome: string): Counter =>
      metrics.counter('millrace_monitor_skew_predictions_total', { outcome });
    this.#logger = logger;
    this.#windows = {
      checked: windows('checked'),
      skipped: windows('skipped'),
      too_large: windows('too_large'),
      failed: windows('failed'),
    };
    this.#predictions = {
      same: predictions('same'),
      differs: predictions('differs'),
      beyond_log: predictions('beyond_log'),
      not_found: predictions('not_found'),
    };
  }

  window(outcome: SkewOutcome, detail?: string): void {
    this.#windows[outcome].add();
    if (detail !== undefined) this.#logger.warn(`a window was not computed again: ${detail}`, { outcome });
  }

  compared({ compared, skewed, beyondLog, notFound }: SkewReport): void {
    this.#predictions.same.add(compared - skewed);
    this.#predictions.differs.add(skewed);
    this.#predictions.beyond_log.add(beyondLog);
    this.#predictions.not_found.add(notFound);
  }
}
