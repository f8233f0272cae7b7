import { AppError } from '@millrace/core';

/** Names of models and versions are folders and parts of URLs: nothing in them leads out of the registry, or is hidden. */
const NAME = /^[A-Za-z0-9][\w.-]{0,127}$/;

export function isModelName(text: string): boolean {
  return NAME.test(text);
}

/** A file of a version lies in its folder, and is not hidden. */
export function isFileName(text: string): boolean {
  return /^[^./\\][^/\\]*$/.test(text);
}

/** @throws AppError `WRONG_USE` */
export function assertModelName(what: 'model' | 'version', text: string): void {
  if (isModelName(text)) return;
  throw new AppError(
    'WRONG_USE',
    `found the ${what} ${JSON.stringify(text)}; allowed are 1 to 128 letters, digits, ., _ and -, of which the first is a letter or digit.`,
  );
}
