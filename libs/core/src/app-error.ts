import { ERROR_TABLE, type ErrorClass, type ErrorCode } from './error-table.ts';

/**
 * An error that was foreseen: a row of the table plus what was found, what is allowed and what to do.
 * Anything else that is thrown is a bug and stops the process.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  /** What was found, what is allowed, what to do. One or more sentences, without the title. */
  readonly detail: string;

  constructor(code: ErrorCode, detail: string, options?: { cause?: unknown }) {
    super(`${ERROR_TABLE[code].title}: ${detail}`, options);
    this.code = code;
    this.detail = detail;
  }

  get class(): ErrorClass {
    return ERROR_TABLE[this.code].class;
  }

  get status(): number {
    return ERROR_TABLE[this.code].status;
  }

  get title(): string {
    return ERROR_TABLE[this.code].title;
  }
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
