import { AppError, isAppError, messageOf } from '@millrace/core';

/** What to do, by the code of a system call's error. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'The disk is full: make room.'],
  ['EDQUOT', 'The quota of this user is used up: make room.'],
  ['EROFS', 'It is read-only: choose another folder.'],
  ['EACCES', 'This user may not: give it the right, or choose another folder.'],
  ['EPERM', 'This user may not: give it the right, or choose another folder.'],
]);

/** A share whose server or connection is away: NFS, SMB, FUSE. */
const AWAY: ReadonlySet<string> = new Set(
  'EIO ESTALE ETIMEDOUT ENOTCONN ECONNREFUSED ECONNABORTED ECONNRESET EHOSTDOWN EHOSTUNREACH ENETDOWN ENETUNREACH EREMOTEIO ENOLINK ESHUTDOWN'.split(
    ' ',
  ),
);

/** The `code` of a system call's error, such as `ENOSPC`; undefined for any other. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '');
}

/** What is said where a folder or file cannot be read or written; a foreseen error is left as it is. */
export function storeFailure(what: string, error: unknown): AppError {
  if (isAppError(error)) return error;
  const code = systemCode(error) ?? '';
  if (AWAY.has(code))
    return new AppError(
      'MODEL_STORE_UNREACHABLE',
      `${what}: ${messageOf(error)}. See that what it is mounted from is there.`,
      { cause: error },
    );
  const advice = ADVICE.get(code) ?? 'See that the disk, the folder and its rights are in order.';
  return new AppError('MODEL_STORE_FAILED', `${what}: ${messageOf(error)}. ${advice}`, { cause: error });
}
