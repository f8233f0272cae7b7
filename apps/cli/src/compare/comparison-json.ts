import type { ClassifierMetrics } from './classifier-metrics.ts';
import type { OutputComparison } from './compare-outputs.ts';
import type { Comparison } from './comparison.ts';

/** What `--json` prints. */
export function comparisonJson({ models: [a, b], workers, batchRows, compared, outputs, unmatched }: Comparison) {
  return {
    a: modelJson(a),
    b: modelJson(b),
    workers,
    batch_rows: batchRows,
    rows: compared,
    outputs: outputs.map(outputJson),
    unmatched_outputs: unmatched,
  };
}

function modelJson({
  name,
  version,
  provider,
  fileBytes,
  sessionBytes,
  rowsPerSecond,
  failed,
}: Comparison['models'][0]) {
  return {
    model: name,
    version,
    provider,
    file_bytes: fileBytes,
    session_bytes: sessionBytes,
    rows_per_s: rowsPerSecond,
    failed_rows: failed,
  };
}

function outputJson({ name, nonFinite, difference, metrics: [a, b] }: OutputComparison) {
  return {
    name,
    non_finite_rows: nonFinite,
    difference: difference && {
      rows: difference.rows,
      mean: difference.mean,
      p50: difference.p50,
      p90: difference.p90,
      p99: difference.p99,
      max: difference.max,
      rank_correlation: difference.rankCorrelation,
      flipped_share: difference.flipped,
    },
    a: metricsJson(a),
    b: metricsJson(b),
  };
}

function metricsJson(metrics: ClassifierMetrics | null) {
  return metrics && { auc: metrics.auc, log_loss: metrics.logLoss, brier: metrics.brier, accuracy: metrics.accuracy };
}
