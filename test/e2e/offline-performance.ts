import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

import type { BatchRow } from './batch-rows.ts';

/** A prediction as the offline path makes it, and what the file says became of it. */
export interface OfflineRow {
  /** Event time of the request, epoch milliseconds. */
  readonly at: number;
  readonly score: number;
  /** Null: no arrival within the time that is allowed. */
  readonly label: 0 | 1 | null;
}

/** Metrics as by the textbook, on single scores; null where a class is missing. Shares of 1. */
export interface OfflinePerformance {
  readonly matured: number;
  readonly labelled: number;
  readonly auc: number | null;
  /** With scores in 50 bins of equal width, those of one bin counting half. */
  readonly auc_of_bins: number | null;
  readonly log_loss: number;
  readonly brier: number;
  readonly accuracy: number;
  /** What the scores alone promise of the rows with a label. */
  readonly estimated_accuracy: number;
  readonly estimated_auc_of_bins: number | null;
}

const LATE_MINUTES = 15;
const BINS = 50;

const WITHIN_MS = 36 * 3_600_000;
const WARM_UP_MS = 14 * 86_400_000;

/**
 * The flights example by the offline path alone: scores of `millrace batch`, and the arrivals in the file of events.
 * Without the first two weeks, as in the pipeline file.
 */
export async function offlineRows(
  batch: ReadonlyMap<string, BatchRow>,
  events: string,
): Promise<readonly OfflineRow[]> {
  const bytes = await readFile(events);
  const lines = (events.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trimEnd().split('\n');
  const arrivals = lines
    .filter((line) => line.includes('"arrived"'))
    .map((line) => JSON.parse(line) as { id: string; at: string; arr_delay: number });
  const arrivalOf = new Map(arrivals.map((arrival) => [arrival.id, arrival]));
  const { at: first } = JSON.parse(lines[0] as string) as { at: string };
  const countedFrom = Date.parse(first) + WARM_UP_MS;
  const rows = [...batch].map(([id, row]): OfflineRow => {
    const [at, arrival] = [Number(row['at']), arrivalOf.get(id)];
    const inTime = arrival !== undefined && Date.parse(arrival.at) - at <= WITHIN_MS;
    const label = inTime ? (arrival.arr_delay >= LATE_MINUTES ? 1 : 0) : null;
    // the file has the shortest digits of the model's float32
    return { at, score: Math.fround(Number(row['probability'])), label };
  });
  return rows.filter(({ at }) => at >= countedFrom);
}

export function offlinePerformance(rows: readonly OfflineRow[]): OfflinePerformance {
  const labelled = rows.filter((row) => row.label !== null);
  const truth = labelled.map(({ score, label }) => ({ score, positive: label as number }));
  const promised = labelled.map(({ score }) => ({ score, positive: score }));
  const mean = (of: (score: number, label: number) => number): number =>
    labelled.reduce((sum, { score, label }) => sum + of(score, label as number), 0) / labelled.length;
  return {
    matured: rows.length,
    labelled: labelled.length,
    auc: rankedArea(truth, (score) => score),
    auc_of_bins: rankedArea(truth, binOf),
    log_loss: mean((score, label) => -Math.log(label === 1 ? score : 1 - score)),
    brier: mean((score, label) => (score - label) ** 2),
    accuracy: mean((score, label) => Number(score >= 0.5 === (label === 1))),
    estimated_accuracy: mean((score) => Math.max(score, 1 - score)),
    estimated_auc_of_bins: rankedArea(promised, binOf),
  };
}

function binOf(score: number): number {
  return Math.min(BINS - 1, Math.floor(score * BINS));
}

/** Mann–Whitney by mean ranks, each row being `positive` of a positive and the rest of a negative. */
function rankedArea(
  rows: readonly { readonly score: number; readonly positive: number }[],
  placeOf: (score: number) => number,
): number | null {
  const places = new Map<number, { positive: number; negative: number }>();
  for (const { score, positive } of rows) {
    const here = places.get(placeOf(score)) ?? { positive: 0, negative: 0 };
    places.set(placeOf(score), { positive: here.positive + positive, negative: here.negative + 1 - positive });
  }
  let [won, below, positives] = [0, 0, 0];
  for (const [, { positive, negative }] of [...places].toSorted(([a], [b]) => a - b)) {
    won += positive * (below + negative / 2);
    below += negative;
    positives += positive;
  }
  return positives * below > 0 ? won / (positives * below) : null;
}
