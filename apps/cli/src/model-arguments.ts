import { AppError } from '@millrace/core';

import { isPipelineFile } from './pipeline-argument.ts';

export interface ModelArguments {
  readonly names: readonly string[];
  /** Undefined: `./pipeline.yaml`. */
  readonly pipeline: string | undefined;
}

/**
 * Names and PIPELINE, which is known by its ending.
 *
 * @param usage what is allowed, without PIPELINE
 * @throws AppError `WRONG_USE` for fewer names than `least`, or more than `most`
 */
export function splitNames(words: readonly string[], least: number, most: number, usage: string): ModelArguments {
  const names = words.filter((word) => !isPipelineFile(word));
  const pipelines = words.filter(isPipelineFile);
  if (names.length >= least && names.length <= most && pipelines.length <= 1) return { names, pipeline: pipelines[0] };
  throw new AppError(
    'WRONG_USE',
    `found ${words.join(' ') || 'nothing'}; ${usage} and at most one pipeline file (.yaml) are allowed.`,
  );
}

/** MODEL or MODEL/VERSION, and PIPELINE. */
export function modelArguments(words: readonly string[]): {
  readonly model: string;
  readonly version: string | undefined;
  readonly pipeline: string | undefined;
} {
  const usage = 'MODEL or MODEL/VERSION';
  const { names, pipeline } = splitNames(words, 1, 1, usage);
  const [model = '', version, ...more] = names.flatMap((name) => name.split('/'));
  if (more.length > 0)
    throw new AppError(
      'WRONG_USE',
      `found ${names.join(' ')}; ${usage} and at most one pipeline file (.yaml) are allowed.`,
    );
  return { model, version, pipeline };
}
