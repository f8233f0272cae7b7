import { AppError } from '@millrace/core';

import { outputColumns } from './output-columns.ts';
import { describeTensor, type ModelSignature, type TensorSpec } from './signature.ts';

/** A column of an output that is published. */
export interface SelectedOutput {
  /** The model's output. */
  readonly name: string;
  /** Its place among the output's columns. */
  readonly column: number;
  readonly published: string;
  /** The texts that its numbers are indices into; null: they are numbers. */
  readonly labels: readonly string[] | null;
}

/**
 * What of a model's outputs is published: those that `predict.outputs` names, under its names, or all. An output has one
 * number or label per row ([N], [N, 1]), or one number per class ([N, C]), each published by its own name; a column may
 * be named alone, as `probabilities.1`.
 *
 * @throws AppError `MODEL_MISMATCH` for an output that the model does not have, or two that would be published under the
 *   same name; `NOT_IN_THIS_VERSION` for one of another kind
 */
export function selectOutputs(
  model: string,
  { outputs }: ModelSignature,
  wanted: ReadonlyMap<string, string> | null,
): readonly SelectedOutput[] {
  const names = wanted ?? new Map(outputs.map(({ name }) => [name, name]));
  const selected = [...names].flatMap(([name, published]) => {
    const output = outputs.find((one) => one.name === name);
    if (output) return wholeOutput(model, output, published, outputs);
    const column = outputs.flatMap((one) => columnsOf(one) ?? []).find((one) => one.published === name);
    if (!column) throw noSuchOutput(model, name, outputs);
    return [{ ...column, published }];
  });
  const twice = selected.find(({ published }, i) => selected.findIndex((one) => one.published === published) < i);
  if (twice) throw new AppError('MODEL_MISMATCH', `predict.outputs publishes ${twice.published} twice.`);
  return selected;
}

/** By the published names of outputs that are texts: what their numbers are indices into. */
export function labelsOf(outputs: readonly SelectedOutput[]): ReadonlyMap<string, readonly string[]> {
  return new Map(outputs.flatMap(({ published, labels }) => (labels ? [[published, labels] as const] : [])));
}

function wholeOutput(
  model: string,
  output: TensorSpec,
  published: string,
  outputs: readonly TensorSpec[],
): readonly SelectedOutput[] {
  const columns = columnsOf(output);
  if (!columns) throw notPublishable(model, output, outputs);
  return columns.map((column) => ({ ...column, published: published + column.published.slice(output.name.length) }));
}

function columnsOf(output: TensorSpec): readonly SelectedOutput[] | null {
  const found = outputColumns(output);
  return (
    found && found.names.map((published, column) => ({ name: output.name, column, published, labels: found.labels }))
  );
}

function noSuchOutput(model: string, name: string, outputs: readonly TensorSpec[]): AppError {
  const columns = outputs.flatMap((output) => columnsOf(output) ?? []).map(({ published }) => published);
  return new AppError(
    'MODEL_MISMATCH',
    `predict.outputs names ${name}; ${model} has ${outputs.map(describeTensor).join(', ')}. ` +
      `Allowed are their names and those of their columns: ${columns.join(', ')}.`,
  );
}

function notPublishable(model: string, output: TensorSpec, outputs: readonly TensorSpec[]): AppError {
  const usable = outputs.filter((one) => outputColumns(one) !== null).map(({ name }) => name);
  const advice =
    usable.length > 0
      ? `Choose with predict.outputs among ${usable.join(', ')}.`
      : 'Export the model with such an output.';
  return new AppError(
    'NOT_IN_THIS_VERSION',
    `${model} has the output ${describeTensor(output)}; what is published has one number per row ([N], [N, 1]), one per ` +
      `class ([N, C], C fixed), or a text of classes that the model file names. ${advice}`,
  );
}
