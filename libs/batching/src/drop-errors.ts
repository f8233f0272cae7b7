import { AppError } from '@millrace/core';

import { Overloaded } from './overloaded.ts';
import type { Load, QueueBounds } from './queue-bounds.ts';
import type { SubmissionTerms } from './submission.ts';

/** What is said to whoever sent rows that are not computed. */
export const dropErrors = {
  expired: ({ arrivedMs, expiresMs }: SubmissionTerms<unknown>): AppError =>
    new AppError(
      'DEADLINE_EXCEEDED',
      `not computed: it had ${Number((expiresMs - arrivedMs).toPrecision(6))} ms from its arrival on.`,
    ),

  cancelled: (): AppError => new AppError('CANCELLED', 'not computed: whoever asked does not wait for it.'),

  tooLarge: (rows: number, bounds: QueueBounds): AppError =>
    new AppError('BODY_TOO_LARGE', `the request has ${rows} rows, at most ${describe(bounds)} may wait: send fewer.`),

  overloaded: (waiting: Load, rows: number, bounds: QueueBounds, retryAfterMs: number): AppError =>
    new Overloaded(
      `${describe(waiting)} wait already, and ${rows} rows more came; at most ${describe(bounds)} may.`,
      retryAfterMs,
    ),
};

function describe({ rows, bytes }: Load): string {
  return `${rows} rows and ${Math.ceil(bytes)} bytes`;
}
