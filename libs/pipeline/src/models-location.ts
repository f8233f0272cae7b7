import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Problems } from './problems.ts';

/** The bucket's name as S3 has it; no part of the prefix that a URL would resolve or escape. */
const S3_LOCATION = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[\w=-][\w.=-]*)*\/?$/;
const ALLOWED =
  'a folder, a file: URL, or s3://bucket/prefix (bucket: a-z, 0-9, . and -; prefix: letters, digits, _, -, = and .)';

/** Sees whether `models:` says where a registry may be. */
export function checkModels(models: string, problems: Problems): void {
  const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(models);
  if (isUrl && !/^file:\/\//i.test(models) && !S3_LOCATION.test(models))
    problems.add(['models'], { found: models, allowed: ALLOWED });
}

/** An absolute folder, or `s3://bucket/prefix` without a slash at its end. */
export function modelsLocation(folder: string, models: string): string {
  if (S3_LOCATION.test(models)) return models.replace(/\/$/, '');
  return /^file:/i.test(models) ? fileURLToPath(models) : resolve(folder, models);
}
