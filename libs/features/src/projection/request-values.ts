import { AppError, type Value } from '@millrace/core';
import type { EventPayload, ValueFeature } from '@millrace/pipeline';

/** Computes a `value:` feature from a request: float64, NaN for null without a default. */
export type RequestValue = (payload: EventPayload) => number;

export function requestValue(feature: ValueFeature): RequestValue {
  return feature.categories ? categoryOf(feature, feature.categories) : numberOf(feature);
}

/** The index of the category; unseen ones and null as `other` says. */
function categoryOf({ expression, default: instead, other }: ValueFeature, categories: readonly Value[]): RequestValue {
  const indices = new Map(categories.map((category, index) => [category, index]));
  return (payload) => {
    const value = expression.evaluate(payload);
    const index = value === null ? undefined : indices.get(value);
    if (index !== undefined) return index;
    if (other) return categories.length;
    return value === null ? instead : Number.NaN;
  };
}

function numberOf({ expression, default: instead, name }: ValueFeature): RequestValue {
  return (payload) => {
    const value = expression.evaluate(payload);
    if (value === null) return instead;
    if (typeof value !== 'string') return Number(value);
    throw new AppError(
      'EXPRESSION_FAILED',
      `the feature ${name} gives the text "${value}", a number or true/false is needed. Use categories for texts.`,
    );
  };
}
