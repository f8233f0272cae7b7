import { AppError } from '@millrace/core';
import type { EventPayload, Plan } from '@millrace/pipeline';

import { idText } from './id-text.ts';
import type { KnownEvent } from './projection.ts';
import { stageKey } from './stage-key.ts';

/** The truth about a request, as an event tells it. */
export interface Outcome {
  /** Of the prediction that it is about. */
  readonly id: string;
  /** `predict.key`. */
  readonly key: string | null;
  /** True and false are 1 and 0. */
  readonly label: number;
}

/** The outcome that an event holds; null for one of another type, and where its label or id is null. */
export type OutcomeOf = (event: Pick<KnownEvent, 'type' | 'payload'>) => Outcome | null;

/** What it gives throws AppError `KEY_TOO_LARGE`, `EXPRESSION_FAILED`: the event is a dead letter, and in no window. */
export function outcomeProjection({ outcome, predict }: Pick<Plan, 'outcome' | 'predict'>): OutcomeOf {
  if (outcome === null) return () => null;
  return ({ type, payload }) => {
    if (type !== outcome.from) return null;
    const id = idText(payload[outcome.id]);
    const label = labelOf(outcome.label.evaluate(payload));
    return id === null || label === null ? null : { id, key: stageKey([predict.key], payload), label };
  };
}

function labelOf(value: EventPayload[string]): number | null {
  if (value === null) return null;
  const number = typeof value === 'string' ? Number.NaN : Number(value);
  if (Number.isFinite(number)) return number;
  throw new AppError(
    'EXPRESSION_FAILED',
    `outcome.label gives ${JSON.stringify(value)}; true, false or a finite number is needed.`,
  );
}
