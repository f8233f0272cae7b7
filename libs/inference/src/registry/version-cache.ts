import { randomUUID } from 'node:crypto';
import { mkdir, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { AppError, type Clock } from '@millrace/core';

import { discard, renameUnlessTaken, replaceFile } from './atomic-write.ts';
import { sweepCache } from './cache-sweep.ts';
import { compareChecksums, contentChecksum } from './checksum.ts';
import { checksumsOf } from './model-card.ts';
import { CARD_FILE, type StoredFile } from './model-store.ts';
import { storeFailure } from './store-failure.ts';

/** A version that is to be on this machine. */
export interface RemoteVersion {
  /** Its `model.json`, with the checksums. */
  readonly card: string;
  /** The others, without `profile.json`. */
  readonly files: readonly StoredFile[];
  /** Names a file to people. */
  readonly shown: (name: string) => string;
  /** Writes a file to a path. */
  readonly fetch: (name: string, target: string) => Promise<void>;
}

/**
 * Versions of an object store on this machine, by the checksum of their `model.json`: a version that is the same
 * anywhere is fetched once, and stays while it is held or among the last that were used. A folder gets its name when all in it is there and as the checksums say; a process that ends before leaves
 * `.fetching-…` behind, which nobody reads.
 */
export class VersionCache {
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #clock: Clock;

  /** @param mostBytes that versions may take which no process uses, beside those that are used */
  constructor(folder: string, mostBytes: number, clock: Clock) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
    this.#clock = clock;
  }

  /**
   * The folder of a version.
   *
   * @throws AppError `MODEL_INVALID`, `MODEL_STORE_FAILED`, and what `fetch` throws
   */
  async folderOf(version: RemoteVersion): Promise<string> {
    const target = join(this.#folder, contentChecksum(version.card));
    await this.#touch(target);
    if (await this.#isWhole(target, version)) return target;
    const hidden = join(this.#folder, `.fetching-${randomUUID()}`);
    const spoilt = `${hidden}-spoilt`;
    try {
      await mkdir(hidden, { recursive: true });
      await fill(hidden, version);
      if (!(await renameUnlessTaken(hidden, target)) && !(await this.#isWhole(target, version))) {
        await rename(target, spoilt);
        await rename(hidden, target);
      }
      await this.#touch(target);
      await sweepCache(this.#folder, this.#mostBytes, this.#clock.now());
      return target;
    } catch (error) {
      throw storeFailure(`${this.#folder}, where models are kept (MILLRACE_MODEL_CACHE), cannot be written`, error);
    } finally {
      await Promise.all([discard(hidden), discard(spoilt)]);
    }
  }

  /** The file with this text. */
  async fileOf(text: string): Promise<string> {
    const target = join(this.#folder, `${contentChecksum(text)}.json`);
    await replaceFile(target, text);
    return target;
  }

  /** What was used last is removed last; a folder that cannot be written is not swept either. */
  async #touch(folder: string): Promise<void> {
    const seconds = this.#clock.now() / 1000;
    await utimes(folder, seconds, seconds).catch(() => undefined);
  }

  /** What a disk has spoilt since is fetched again. */
  async #isWhole(folder: string, { card, files }: RemoteVersion): Promise<boolean> {
    const sizes = await Promise.all(
      files.map(({ name }) =>
        stat(join(folder, name)).then(
          ({ size }) => size,
          () => null,
        ),
      ),
    );
    if (files.some(({ bytes }, i) => bytes !== sizes[i])) return false;
    return compareChecksums(folder, checksumsOf(card, CARD_FILE), String).then(
      () => true,
      () => false,
    );
  }
}

async function fill(folder: string, { card, files, shown, fetch }: RemoteVersion): Promise<void> {
  for (const { name, bytes } of files) {
    await fetch(name, join(folder, name));
    const { size } = await stat(join(folder, name));
    if (size !== bytes)
      throw new AppError(
        'MODEL_INVALID',
        `${shown(name)} has ${bytes} bytes; ${size} came. It changes, which a version must not.`,
      );
  }
  await compareChecksums(folder, checksumsOf(card, shown(CARD_FILE)), shown);
  await writeFile(join(folder, CARD_FILE), card, { flush: true });
}
