import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { AppError } from '@millrace/core';

import { parseModelCard, type ModelCard } from './model-card.ts';
import { nearestName } from './nearest-name.ts';

/** One version of a model in the registry. Versions are immutable. */
export interface ModelFiles {
  readonly name: string;
  readonly version: string;
  /** Absolute paths. */
  readonly modelFile: string;
  /** The reference that the monitor compares with; null: there is none. */
  readonly profileFile: string | null;
  /** Null: there is no `model.json`. */
  readonly card: ModelCard | null;
}

/** Reads `<folder>/<name>/<version>/{model.onnx, model.json, profile.json}`. */
export interface ModelRegistry {
  /** Names of the models, sorted. */
  names(): Promise<readonly string[]>;
  /** Versions of a model, oldest first: by number where they have numbers (`2` before `10`, `1.9` before `1.10`). */
  versions(name: string): Promise<readonly string[]>;
  /**
   * The files of a version, the newest for null, after its checksum has been compared.
   *
   * @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID`
   */
  resolve(name: string, version: string | null): Promise<ModelFiles>;
}

const BY_NUMBER = new Intl.Collator('en', { numeric: true });

export function openRegistry(folder: string): ModelRegistry {
  const names = (): Promise<readonly string[]> => foldersIn(folder);
  const versions = (name: string): Promise<readonly string[]> => versionsIn(join(folder, name));

  const resolve = async (name: string, version: string | null): Promise<ModelFiles> => {
    const known = await names();
    if (!known.includes(name)) throw notFound(`model ${name} in ${folder}`, name, known);
    const there = await versions(name);
    const chosen = version ?? there.at(-1);
    if (chosen === undefined || !there.includes(chosen)) {
      throw notFound(
        `version ${chosen ?? 'with a model.onnx'} of ${name} in ${join(folder, name)}`,
        chosen ?? '',
        there,
      );
    }
    return describe(folder, name, chosen);
  };

  return { names, versions, resolve };
}

async function versionsIn(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const version of await foldersIn(folder)) {
    if (await exists(join(folder, version, 'model.onnx'))) found.push(version);
  }
  return found;
}

async function describe(folder: string, name: string, version: string): Promise<ModelFiles> {
  const at = join(folder, name, version);
  const [modelFile, cardFile, profileFile] = ['model.onnx', 'model.json', 'profile.json'].map((file) =>
    join(at, file),
  ) as [string, string, string];
  const card = (await exists(cardFile)) ? parseModelCard(await readFile(cardFile, 'utf8'), cardFile) : null;
  if (card?.sha256) await compareChecksum(modelFile, card.sha256);
  return { name, version, modelFile, profileFile: (await exists(profileFile)) ? profileFile : null, card };
}

async function compareChecksum(modelFile: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(modelFile), hash);
  const found = hash.digest('hex');
  if (found === expected) return;
  throw new AppError(
    'MODEL_INVALID',
    `${modelFile} has the SHA-256 ${found}; the model.json beside it says ${expected}. One of the two was changed or cut short: copy the version again.`,
  );
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new AppError(
      'MODEL_NOT_FOUND',
      `the folder ${folder} cannot be read. It holds <name>/<version>/model.onnx.`,
      { cause },
    );
  });
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  return folders.map((entry) => entry.name).toSorted(BY_NUMBER.compare);
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function notFound(what: string, wanted: string, there: readonly string[]): AppError {
  if (there.length === 0) return new AppError('MODEL_NOT_FOUND', `there is no ${what}: the folder holds none.`);
  return new AppError(
    'MODEL_NOT_FOUND',
    `there is no ${what}. There is ${there.join(', ')}; the nearest is ${nearestName(wanted, there)}.`,
  );
}
