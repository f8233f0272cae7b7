import type { ErrorCode } from '@millrace/core';

/** Expected bad input: which rule it breaks, and what was found, what is allowed. */
export interface Rejection {
  readonly kind: 'rejected';
  readonly code: ErrorCode;
  readonly reason: string;
}

export function reject(code: ErrorCode, reason: string): Rejection {
  return { kind: 'rejected', code, reason };
}

export function isRejection(value: { readonly kind?: string | undefined }): value is Rejection {
  return value.kind === 'rejected';
}
