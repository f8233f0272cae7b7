import { AppError } from '@millrace/core';

/** An event comes further behind later ones than was said: some rows before it lack it. */
export class EventsOutOfOrder extends AppError {
  readonly behindMs: number;
  readonly allowedMs: number;

  constructor(behindMs: number, allowedMs: number) {
    const found = `an event comes ${behindMs} ms behind a later one, ${allowedMs} ms are allowed for.`;
    super('INPUT_INVALID', `${found} Sort the events by time.`);
    this.behindMs = behindMs;
    this.allowedMs = allowedMs;
  }
}
