import { parseEventTime } from '@millrace/pipeline';
import { InvalidArgumentError } from 'commander';

/** The value of a flag as event time, epoch milliseconds. */
export function eventTime(text: string): number {
  const value = parseEventTime(/^-?\d+$/.test(text) ? Number(text) : text);
  if (value !== null) return value;
  throw new InvalidArgumentError(
    'Allowed is a time: RFC 3339 with a zone, such as 2013-12-23T05:00:00Z, or epoch milliseconds.',
  );
}
