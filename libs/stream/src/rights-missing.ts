import { AppError } from '@millrace/core';

/** @param rights in words, as `Write on topic p.dlq` */
export function rightsMissing(rights: readonly string[]): AppError {
  return new AppError(
    'RIGHTS_MISSING',
    `the user lacks ${rights.join(', ')}. Grant it (kafka-acls --add); docs/security.md lists what each service needs.`,
  );
}
