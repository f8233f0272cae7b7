import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { AppError } from '@millrace/core';

import { discard, renameUnlessTaken, replaceFile, writeWhole } from './atomic-write.ts';
import { compareChecksums } from './checksum.ts';
import { checksumsOf } from './model-card.ts';
import { isModelName } from './model-name.ts';
import {
  CARD_FILE,
  compareVersions,
  MODEL_FILE,
  PROFILE_FILE,
  type LocalVersion,
  type ModelStore,
  type NewFile,
  type StoredFile,
  type StoredVersion,
} from './model-store.ts';
import { isMissing, storeFailure } from './store-failure.ts';

/**
 * Versions in `<folder>/<model>/<version>/`: those that have a `model.onnx`. Links are followed. A folder that had models
 * and has none is a share that is away.
 */
export class FolderStore implements ModelStore {
  readonly #folder: string;
  #hadModels = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  locationOf(...names: readonly string[]): string {
    return join(this.#folder, ...names);
  }

  async models(): Promise<readonly string[]> {
    const names = await namesIn(this.#folder);
    if (names?.length) this.#hadModels = true;
    else if (this.#hadModels) this.#away();
    return names ?? this.#missing();
  }

  async versions(model: string): Promise<readonly StoredVersion[]> {
    const names = (isModelName(model) ? await namesIn(this.locationOf(model)) : null) ?? [];
    if (names.length > 0) this.#hadModels = true;
    else if (this.#hadModels) await this.models();
    const found = await Promise.all(names.map((version) => this.#version(model, version)));
    return found.filter((version) => version !== null);
  }

  async read(model: string, version: string, file: string): Promise<string | null> {
    const path = this.locationOf(model, version, file);
    return orNull(path, readFile(path, 'utf8'));
  }

  async checkOut(model: string, { version, files }: StoredVersion): Promise<LocalVersion> {
    const folder = this.locationOf(model, version);
    const card = await this.read(model, version, CARD_FILE);
    const shown = (name: string): string => join(folder, name);
    if (card !== null) await compareChecksums(folder, checksumsOf(card, shown(CARD_FILE)), shown);
    return { folder, profileFile: files.some(({ name }) => name === PROFILE_FILE) ? shown(PROFILE_FILE) : null };
  }

  /** Writes a hidden folder beside the versions and renames it: other versions' readers see all of it or nothing. */
  async add(model: string, version: string, files: ReadonlyMap<string, NewFile>): Promise<boolean> {
    const target = this.locationOf(model, version);
    const hidden = this.locationOf(model, `.adding-${randomUUID()}`);
    try {
      await mkdir(hidden, { recursive: true });
      for (const [name, file] of files) await writeWhole(join(hidden, name), file);
      return await renameUnlessTaken(hidden, target);
    } catch (error) {
      throw storeFailure(`${target} cannot be written`, error);
    } finally {
      await discard(hidden);
    }
  }

  async putProfile(model: string, version: string, text: string): Promise<string> {
    const target = this.locationOf(model, version, PROFILE_FILE);
    await replaceFile(target, text);
    return target;
  }

  async #version(model: string, version: string): Promise<StoredVersion | null> {
    const folder = this.locationOf(model, version);
    const files = await filesIn(folder);
    if (!files.some(({ name }) => name === MODEL_FILE)) return null;
    return { version, files, changedAt: (await stat(join(folder, MODEL_FILE))).mtimeMs };
  }

  #away(): never {
    throw new AppError(
      'MODEL_STORE_UNREACHABLE',
      `the folder ${this.#folder} held models, and holds none now. See that what it is mounted from is there.`,
    );
  }

  #missing(): never {
    throw new AppError(
      'MODEL_NOT_FOUND',
      `the folder ${this.#folder} cannot be read. It holds <name>/<version>/model.onnx.`,
    );
  }
}

/** Folders that a model or version may be named after; null: there is no such folder. */
async function namesIn(folder: string): Promise<readonly string[] | null> {
  const entries = await orNull(folder, readdir(folder, { withFileTypes: true }));
  const folders = entries?.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  const names = folders?.map(({ name }) => name).filter(isModelName);
  return names?.toSorted(compareVersions) ?? null;
}

async function filesIn(folder: string): Promise<readonly StoredFile[]> {
  const names = (await orNull(folder, readdir(folder))) ?? [];
  const found = await Promise.all(
    names.map(async (name) => ({ name, about: await orNull(join(folder, name), stat(join(folder, name))) })),
  );
  return found.flatMap(({ name, about }) => (about?.isFile() ? [{ name, bytes: about.size }] : []));
}

/** Null: there is no such file or folder. */
function orNull<T>(path: string, read: Promise<T>): Promise<T | null> {
  return read.catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw storeFailure(`${path} cannot be read`, error);
  });
}
