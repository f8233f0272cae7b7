import { openKafka, readConfig } from '@millrace/platform';
import type { Log } from '@millrace/stream';

import type { CliContext } from '../context.ts';

/** Lends Kafka, as environment and flags name it, to `use`, and closes every connection behind it. */
export async function withLog<T>(context: CliContext, use: (log: Log) => Promise<T>): Promise<T> {
  const { kafka } = readConfig(context.environment());
  const log = await openKafka(kafka, 'millrace-cli', context.clock);
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}
