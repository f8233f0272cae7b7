import { AppError } from '@millrace/core';
import type { BrokersFound } from '@millrace/stream';

/** A broker that is asked for a version that it does not speak ends the connection without a word. @throws AppError `LOG_REFUSES` */
export function assertSpoken({ unspoken }: BrokersFound): void {
  if (unspoken.length === 0) return;
  throw new AppError(
    'LOG_REFUSES',
    `a broker does not speak ${unspoken.join(', ')} of Kafka's protocol. Millrace needs Kafka 2.5 or newer: upgrade the brokers, or Millrace if they are newer than it.`,
  );
}
