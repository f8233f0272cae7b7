import { AppError } from '@millrace/core';

/** `OVERLOADED`: a door has as many rows waiting as it may have. */
export class Overloaded extends AppError {
  /** When the rows that wait now will have been worked off, by what has been learnt: `Retry-After`. */
  readonly retryAfterMs: number;

  constructor(detail: string, retryAfterMs: number) {
    super('OVERLOADED', `${detail} Try again in ${retryAfterMs} ms.`);
    this.retryAfterMs = retryAfterMs;
  }
}
