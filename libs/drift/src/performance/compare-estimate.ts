import type { Estimate } from './estimated-classification.ts';

/** What the truth says of an estimate of the same predictions. */
export type EstimateVerdict =
  /** Too few labels, or a metric without a value. */
  | { readonly state: 'insufficient_data' }
  /** The truth lies in the band. */
  | { readonly state: 'agrees' }
  /** It lies outside, and the inputs have changed: the estimate may not hold for them. */
  | { readonly state: 'inputs_changed'; readonly by: number }
  /** It lies outside although the inputs are what they were: the relation of inputs and label has changed. */
  | { readonly state: 'relation_changed'; readonly by: number };

const MIN_LABELS = 30;

/**
 * Compares an estimate with the metric on the labels of the same predictions; `by` is the truth less the estimate.
 *
 * ```ts
 * compareEstimate({ value: 0.8, low: 0.77, high: 0.83 }, { value: 0.7, labels: 500 }, true); // { state: 'relation_changed', by: -0.1 }
 * ```
 *
 * @param inputsStable no incident is open on an input or output
 */
export function compareEstimate(
  estimate: Estimate | null,
  realised: { readonly value: number | null; readonly labels: number },
  inputsStable: boolean,
): EstimateVerdict {
  if (estimate === null || realised.value === null || realised.labels < MIN_LABELS)
    return { state: 'insufficient_data' };
  if (realised.value >= estimate.low && realised.value <= estimate.high) return { state: 'agrees' };
  const by = Number((realised.value - estimate.value).toPrecision(12));
  return { state: inputsStable ? 'relation_changed' : 'inputs_changed', by };
}
