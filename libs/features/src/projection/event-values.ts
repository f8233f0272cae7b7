import { AppError, type Value } from '@millrace/core';
import type { EventPayload, WindowFeature } from '@millrace/pipeline';

/** What one feature takes from an event; null where the event does not exist for it. */
export type EventValue = (payload: EventPayload) => Value;

export function eventValue(feature: WindowFeature): EventValue {
  const { where } = feature;
  const value = valueOf(feature);
  return where === null ? value : (payload) => (where.evaluate(payload) === true ? value(payload) : null);
}

function valueOf({ of, take, name }: WindowFeature): EventValue {
  if (of === null) return () => true;
  if (take === 'count') return (payload) => (of.evaluate(payload) === null ? null : true);
  if (take === 'distinct') return (payload) => of.evaluate(payload);
  return (payload) => {
    const value = of.evaluate(payload);
    if (value === null) return null;
    const number = typeof value === 'string' ? Number.NaN : Number(value);
    if (Number.isFinite(number)) return number;
    throw new AppError(
      'EXPRESSION_FAILED',
      `the feature ${name} takes ${take} of ${String(value)}, a finite number or true/false is needed.`,
    );
  };
}
