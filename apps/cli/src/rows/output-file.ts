import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { AppError, messageOf } from '@millrace/core';

const REASONS: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: (file) => `there is no folder ${dirname(file)}; make it first`,
  ENOSPC: () => 'the disk is full; nothing is left of it',
  EACCES: (file) => `you may not write to the folder ${dirname(file)}`,
  EISDIR: () => 'it is a folder; name a file in it',
};

/**
 * Refuses, before anything is computed, a name under which the rows could not be put in the end, or that would take
 * their own input away.
 *
 * @throws AppError `OUTPUT_FAILED`, `WRONG_USE`
 */
export async function assertOutput(file: string, input?: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory() === true) throw new AppError('OUTPUT_FAILED', `${file}: ${reasonOf('EISDIR', file)}.`);
  const read = input === undefined ? null : await stat(input).catch(() => null);
  if (found && read && found.dev === read.dev && found.ino === read.ino)
    throw new AppError('WRONG_USE', `${file} is the file that is read; name another one for what is written.`);
}

/** A failure of the file system, in words; any other error as it is. */
export function outputError(file: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  return new AppError('OUTPUT_FAILED', `${file}: ${reasonOf(code, file) ?? messageOf(error)}.`, { cause: error });
}

function reasonOf(code: string, file: string): string | undefined {
  return REASONS[code]?.(file);
}
