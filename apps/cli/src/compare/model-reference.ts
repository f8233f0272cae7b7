import { access } from 'node:fs/promises';
import { resolve } from 'node:path';

import { AppError } from '@millrace/core';
import { openRegistry, type ModelFiles } from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';

import type { CliContext } from '../context.ts';
import { storeOptions } from '../store-options.ts';

/** `MODEL/VERSION` or `MODEL` (its newest) of the registry, or the path of a file that ends in `.onnx`. */
export async function modelFilesOf(word: string, { models }: Plan, context: CliContext): Promise<ModelFiles> {
  if (/\.onnx$/i.test(word)) return fileAlone(word);
  const [name = '', version = null, ...more] = word.split('/');
  if (name !== '' && version !== '' && more.length === 0)
    return openRegistry(models, storeOptions(context)).resolve(name, version);
  throw new AppError('WRONG_USE', `found ${word}; MODEL, MODEL/VERSION or the path of a file .onnx is allowed.`);
}

async function fileAlone(word: string): Promise<ModelFiles> {
  const modelFile = resolve(word);
  await access(modelFile).catch((cause: unknown) => {
    throw new AppError('MODEL_NOT_FOUND', `there is no file ${word}.`, { cause });
  });
  return { name: word, version: '(a file)', modelFile, profileFile: null, card: null };
}
