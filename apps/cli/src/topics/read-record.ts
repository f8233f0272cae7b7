import { isAppError } from '@millrace/core';
import type { InboundRecord, TopicPartition } from '@millrace/records';
import type { Log } from '@millrace/stream';

const LIMITS = { maxWaitMs: 1000, maxBytes: 2 << 20, maxBytesPerPartition: 2 << 20 };

/** The committed record at an offset; null where there is none, or none any more. */
export async function readRecord(
  log: Log,
  at: TopicPartition & { readonly offset: number },
): Promise<InboundRecord | null> {
  const source = log.source();
  try {
    const [chunk] = await source.fetch([at], LIMITS);
    return chunk?.records.find(({ offset }) => offset === at.offset) ?? null;
  } catch (error) {
    if (isAppError(error, 'OFFSET_OUT_OF_RANGE')) return null;
    throw error;
  } finally {
    await source.close();
  }
}
