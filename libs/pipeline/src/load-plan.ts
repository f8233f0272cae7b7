import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { AppError } from '@millrace/core';

import { parsePipeline } from './parse-pipeline.ts';
import type { Plan } from './plan.ts';

/**
 * Loads a pipeline file and the event schemas that it names.
 *
 * @param pseudonymKey what pseudonyms are made with, for whoever reads events; empty is none
 * @throws AppError `PIPELINE_NOT_FOUND`, `PIPELINE_INVALID`, `NOT_IN_THIS_VERSION`; `CONFIG_INVALID` where the key is too short
 */
export async function loadPlan(file: string, pseudonymKey?: string | null): Promise<Plan> {
  const folder = dirname(resolve(file));
  const text = await readPipeline(file);
  const read = (path: string): Promise<string> => readFile(resolve(folder, path), 'utf8');
  return parsePipeline(text, { file, folder, read, pseudonymKey });
}

async function readPipeline(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'there is no such file'
        : `it cannot be read (${(error as Error).message})`;
    throw new AppError(
      'PIPELINE_NOT_FOUND',
      `${resolve(file)}: ${why}. Name a pipeline file, or run in a folder with a pipeline.yaml.`,
      { cause: error },
    );
  }
}
