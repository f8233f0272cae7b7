import { join } from 'node:path';

import { AppError } from '@millrace/core';

import { parseModelCard, type ModelCard } from './model-card.ts';
import { CARD_FILE, MODEL_FILE, type ModelStore, type StoredVersion } from './model-store.ts';
import { nearestName } from './nearest-name.ts';
import { openModelStore, type StoreOptions } from './open-store.ts';

/** One version of a model in the registry, on this machine. Versions are immutable. */
export interface ModelFiles {
  readonly name: string;
  readonly version: string;
  /** Absolute paths. What belongs to the model, such as external data, lies beside it. */
  readonly modelFile: string;
  /** The reference that the monitor compares with; null: there is none. */
  readonly profileFile: string | null;
  /** Null: there is no `model.json`. */
  readonly card: ModelCard | null;
  /** Keeps the files there while workers may load them again; absent: they stay anyway. `LocalVersion.hold`. */
  readonly hold?: () => Promise<() => Promise<void>>;
}

/** Reads `<name>/<version>/{model.onnx, model.json, profile.json}` of a store. */
export interface ModelRegistry {
  /** Names of the models, sorted. */
  names(): Promise<readonly string[]>;
  /** Versions of a model, oldest first: by number where they have numbers (`2` before `10`, `1.9` before `1.10`). */
  versions(name: string): Promise<readonly string[]>;
  /**
   * The files of a version, the newest for null, after its checksums have been compared.
   *
   * @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_STORE_UNREACHABLE`, `MODEL_STORE_DENIED`,
   *   `MODEL_STORE_FAILED`
   */
  resolve(name: string, version: string | null): Promise<ModelFiles>;
}

/**
 * @param location an absolute folder, or `s3://bucket/prefix`, which needs the options
 * @throws AppError `CONFIG_INVALID`
 */
export function openRegistry(location: string, options?: StoreOptions): ModelRegistry {
  const store = openModelStore(location, options);
  return {
    names: () => store.models(),
    versions: async (name) => (await store.versions(name)).map(({ version }) => version),
    resolve: (name, version) => resolve(store, name, version),
  };
}

async function resolve(store: ModelStore, name: string, version: string | null): Promise<ModelFiles> {
  const there = await store.versions(name);
  if (there.length === 0) await assertModel(store, name);
  const chosen = version === null ? there.at(-1) : there.find((one) => one.version === version);
  if (!chosen) {
    const what = `version ${version ?? 'with a model.onnx'} of ${name} in ${store.locationOf(name)}`;
    throw notFound(
      what,
      version ?? '',
      there.map((one) => one.version),
    );
  }
  return describe(store, name, chosen);
}

/** @throws AppError `MODEL_NOT_FOUND`, with the nearest name */
export async function assertModel(store: ModelStore, name: string): Promise<void> {
  const known = await store.models();
  if (!known.includes(name)) throw notFound(`model ${name} in ${store.locationOf()}`, name, known);
}

async function describe(store: ModelStore, name: string, stored: StoredVersion): Promise<ModelFiles> {
  const { folder, profileFile, hold } = await store.checkOut(name, stored);
  const text = await store.read(name, stored.version, CARD_FILE);
  const card = text === null ? null : parseModelCard(text, store.locationOf(name, stored.version, CARD_FILE));
  const modelFile = join(folder, MODEL_FILE);
  return { name, version: stored.version, modelFile, profileFile, card, ...(hold && { hold }) };
}

function notFound(what: string, wanted: string, there: readonly string[]): AppError {
  if (there.length === 0) return new AppError('MODEL_NOT_FOUND', `there is no ${what}: the folder holds none.`);
  return new AppError(
    'MODEL_NOT_FOUND',
    `there is no ${what}. There is ${there.join(', ')}; the nearest is ${nearestName(wanted, there)}.`,
  );
}
