import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { AppError } from '@millrace/core';

import { isMissing, storeFailure } from './store-failure.ts';

/** SHA-256 of a file, hexadecimal. */
export async function fileChecksum(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** SHA-256 of a text or bytes, hexadecimal. */
export function contentChecksum(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Compares the files of a folder with their checksums.
 *
 * @param shown names a file to people
 * @throws AppError `MODEL_INVALID`, `MODEL_STORE_UNREACHABLE`, `MODEL_STORE_FAILED`
 */
export async function compareChecksums(
  folder: string,
  expected: ReadonlyMap<string, string>,
  shown: (name: string) => string,
): Promise<void> {
  for (const [name, sum] of expected) {
    const found = await fileChecksum(join(folder, name)).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw storeFailure(`${shown(name)} cannot be read`, error);
    });
    if (found === sum) continue;
    const what = found === null ? 'cannot be read' : `has the SHA-256 ${found}`;
    throw new AppError(
      'MODEL_INVALID',
      `${shown(name)} ${what}; the model.json beside it says ${sum}. One of the two was changed or cut short: copy the version again.`,
    );
  }
}
