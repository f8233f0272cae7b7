import { closeWindow, incidentRule, UNWATCHED, type Evidence } from '@millrace/drift';

import type { Distances } from './distances.ts';

/** A closed window of one signal. */
export interface SignalWindow {
  readonly evidence: Evidence;
  /** Of a feature; null of its special bins, which only ours watches. */
  readonly distances: Distances | null;
}

/** Of one signal, window by window: a score; what exceeds a threshold is an alarm. */
export type Scorer = (window: SignalWindow) => number;

/** The rule for incidents with A·F taken away: what is compared with its logarithm where effect and persistence would let it open, else −∞. */
function ours(floor: number, persistence: number): () => Scorer {
  const { logThreshold, aloneP } = incidentRule({ runLength: 1, persistence, remindMs: 0 }, 1, floor);
  const never = { logThreshold: Number.POSITIVE_INFINITY, aloneP: 0, persistence, floor, remindMs: 0 };
  return () => {
    let watch = UNWATCHED;
    return ({ evidence }) => {
      ({ watch } = closeWindow(watch, evidence, { start: 0, end: 1 }, never));
      const opens = evidence.effect > floor && watch.exceeded.filter(Boolean).length >= persistence;
      if (!opens) return Number.NEGATIVE_INFINITY;
      return Math.max((watch.logM as number) - logThreshold, Math.log(aloneP / evidence.shiftP));
    };
  };
}

/** Of each window by itself. */
function each(distance: keyof Distances): () => Scorer {
  return () =>
    ({ distances }) =>
      distances?.[distance] ?? Number.NEGATIVE_INFINITY;
}

/** In 2 of the last 3 windows: the second largest of their scores. */
function persistent(start: () => Scorer): () => Scorer {
  return () => {
    const score = start();
    let last = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    return (window) => {
      last = [...last.slice(1), score(window)];
      return last.toSorted((a, b) => a - b)[1] as number;
    };
  };
}

export const ROC_DETECTORS: Readonly<Record<string, () => Scorer>> = {
  'ours, floor 0.02': ours(0.02, 2),
  'ours, floor 0.1': ours(0.1, 2),
  'ours at once, floor 0.005': ours(0.005, 1),
  'ours at once, floor 0.02': ours(0.02, 1),
  'W1 / sd': each('wasserstein'),
  'KS D': each('kolmogorovSmirnov'),
  'Jensen–Shannon': each('jensenShannon'),
  'W1 / sd in 2 of 3': persistent(each('wasserstein')),
};
