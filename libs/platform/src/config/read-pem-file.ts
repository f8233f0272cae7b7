import { readFile } from 'node:fs/promises';

import { AppError, messageOf } from '@millrace/core';

/** @throws AppError `CONFIG_INVALID`, naming the variable that has the file's name */
export async function readPemFile(variable: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new AppError(
      'CONFIG_INVALID',
      `${variable}: ${file} cannot be read (${messageOf(error)}). Name a PEM file.`,
      { cause: error },
    );
  }
}
