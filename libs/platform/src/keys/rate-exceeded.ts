import { AppError } from '@millrace/core';

/** `RATE_EXCEEDED`: a key is used more often than it may be. */
export class RateExceeded extends AppError {
  /** When it may be used again: `Retry-After`. */
  readonly retryAfterMs: number;

  constructor(perSecond: number, retryAfterMs: number) {
    const rate = perSecond < 1 ? `${Math.round(perSecond * 60)} requests a minute` : `${perSecond} requests a second`;
    super('RATE_EXCEEDED', `this key may be used for ${rate}. Try again in ${retryAfterMs} ms.`);
    this.retryAfterMs = retryAfterMs;
  }
}
