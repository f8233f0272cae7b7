import { seededRandom } from '@millrace/core';
import {
  closeWindow,
  compareEstimate,
  errorSignal,
  EstimatedClassification,
  incidentRule,
  RealisedClassification,
  UNWATCHED,
  weigh,
} from '@millrace/drift';

const VALIDATION = 10_000;
const BEFORE = 5;
const MOST = 100;
const LABELS = { runLength: 1000, persistence: 2, remindMs: Number.MAX_VALUE };

/** Windows until something says that the relation has changed; null: nothing did in half of the streams. */
export interface ConceptDrift {
  /** The error rate as a two-bin detector, at this floor. */
  readonly errorRate: number | null;
  /** The estimated accuracy against that of the labels: the band is left in 2 of 3 windows. */
  readonly estimate: number | null;
  /** Windows out of 1,000 in which an unchanged relation leaves the band. */
  readonly outsideUnchanged: number;
}

/**
 * Scores even in [0, 1] that are right probabilities; then a share of labels is drawn from 1 − score instead. Inputs and
 * scores stay as they are.
 */
export function conceptDrift(rows: number, floor: number, share: number, streams: number): ConceptDrift {
  const random = seededRandom(rows + streams);
  const rule = incidentRule(LABELS, 1, floor);
  const signal = errorSignal({ rows: VALIDATION, errors: labelled(random, VALIDATION, 0).errors });
  const delays = { errorRate: [] as number[], estimate: [] as number[] };
  let [outside, calm] = [0, 0];
  for (let stream = 0; stream < streams; stream++) {
    let watch = UNWATCHED;
    let misses: boolean[] = [];
    const found = { errorRate: Number.POSITIVE_INFINITY, estimate: Number.POSITIVE_INFINITY };
    for (let window = 1 - BEFORE; window <= MOST && !Object.values(found).every(Number.isFinite); window++) {
      const { errors, missed } = labelled(random, rows, window > 0 ? share : 0);
      const evidence = weigh(signal, [errors, rows - errors]);
      const step = closeWindow(watch, evidence, { start: window, end: window + 1 }, rule);
      watch = step.watch;
      misses = [...misses, missed].slice(-3);
      if (window <= 0) [outside, calm] = [outside + Number(missed), calm + 1];
      else if (misses.filter(Boolean).length >= 2) found.estimate = Math.min(found.estimate, window);
      if (step.event === 'opened') found.errorRate = Math.min(found.errorRate, window);
    }
    delays.errorRate.push(found.errorRate);
    delays.estimate.push(found.estimate);
  }
  return {
    errorRate: medianOf(delays.errorRate),
    estimate: medianOf(delays.estimate),
    outsideUnchanged: (1000 * outside) / calm,
  };
}

function medianOf(delays: readonly number[]): number | null {
  const median = delays.toSorted((a, b) => a - b)[(delays.length - 1) >> 1] as number;
  return Number.isFinite(median) ? median : null;
}

function labelled(random: () => number, rows: number, share: number): { errors: number; missed: boolean } {
  const [estimated, realised] = [new EstimatedClassification(), new RealisedClassification()];
  for (let row = 0; row < rows; row++) {
    const score = random();
    const probability = random() < share ? 1 - score : score;
    estimated.add(score, score);
    realised.add(score, random() < probability ? 1 : 0);
  }
  const { accuracy } = realised.metrics();
  const verdict = compareEstimate(estimated.metrics().accuracy, { value: accuracy, labels: rows }, true);
  const { fp, fn } = realised.toJSON().confusion;
  return { errors: fp + fn, missed: verdict.state === 'relation_changed' };
}
