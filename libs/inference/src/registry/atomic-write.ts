import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

import type { NewFile } from './model-store.ts';
import { storeFailure, systemCode } from './store-failure.ts';

/** Puts a text in the place of a file, so that whoever reads it sees the old one or the new. */
export async function replaceFile(target: string, text: string): Promise<void> {
  const hidden = `${target}.${randomUUID()}`;
  try {
    await writeWhole(hidden, { text });
    await rename(hidden, target);
  } catch (error) {
    await discard(hidden);
    throw storeFailure(`${target} cannot be written`, error);
  }
}

/** @returns false: something is there already */
export async function renameUnlessTaken(folder: string, target: string): Promise<boolean> {
  try {
    await rename(folder, target);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(systemCode(error) ?? '')) return false;
    throw error;
  }
}

/** On the disk when it resolves. */
export async function writeWhole(target: string, file: NewFile): Promise<void> {
  if ('text' in file) await writeFile(target, file.text, { flush: true });
  else await pipeline(createReadStream(file.path), createWriteStream(target, { flush: true }));
}

/** Removes what nobody reads, as far as that can be done. */
export async function discard(hidden: string): Promise<void> {
  await rm(hidden, { recursive: true, force: true }).catch(() => undefined);
}
