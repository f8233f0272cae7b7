import { AppError } from '@millrace/core';

/** Where no word names one. */
export const DEFAULT_PIPELINE = 'pipeline.yaml';

/** The words of a command line `[PIPELINE] REST…`. */
export interface PipelineArguments {
  /** Undefined: `./pipeline.yaml`. */
  readonly pipeline: string | undefined;
  readonly rest: readonly string[];
}

/** Whether a word names a pipeline file. */
export function isPipelineFile(word: string): boolean {
  return /\.ya?ml$/i.test(word);
}

/**
 * `[PIPELINE] REST…`: the first word is the pipeline if it ends in `.yaml` or `.yml`.
 *
 * @param required names of the words that must follow
 * @throws AppError `WRONG_USE`
 */
export function splitPipeline(words: readonly string[], required: readonly string[] = []): PipelineArguments {
  const [first] = words;
  const named = first !== undefined && isPipelineFile(first);
  const rest = named ? words.slice(1) : words;
  if (rest.length < required.length)
    throw new AppError('WRONG_USE', `missing argument ${required[rest.length]}. --help shows what belongs there.`);
  return { pipeline: named ? first : undefined, rest };
}
