import type { ErrorCode } from '@millrace/core';

import { PROTOCOL_ERRORS } from './protocol-error-table.ts';

/** A broker's error code, by name. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: number;
  readonly type: string;
  /** A code that is not known yet is a passing one: the engine drops what it has and looks at what is committed. */
  readonly means: ErrorCode;

  constructor(code: number) {
    const [type, means] = PROTOCOL_ERRORS[code] ?? [`error code ${code}`, 'LOG_UNAVAILABLE'];
    super(`the broker answers ${type}`);
    this.code = code;
    this.type = type;
    this.means = means;
  }
}

export function assertNoError(code: number): void {
  if (code !== 0) throw new ProtocolError(code);
}

/** The broker's name of the error, where it is one of its own. */
export function protocolErrorType(error: unknown): string | null {
  return error instanceof ProtocolError ? error.type : null;
}
