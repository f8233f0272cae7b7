import { partitionKey, type OutboundRecord, type TopicPartition } from '@millrace/records';

import { RecordBatchWriter } from '../wire/record-batch-writer.ts';

/** Below the default `max.message.bytes` (1,048,588), with room for what the broker adds when it transforms a batch. */
const BATCH_BYTES = 900_000;

export interface UnsentBatch extends TopicPartition {
  readonly writer: RecordBatchWriter;
  readonly records: OutboundRecord[];
}

/**
 * Writes records into batches, in order per partition. A request may hold one batch per partition, so the first batches
 * of all partitions are the first round, the second ones the second: rounds are to be sent one after the other.
 */
export function batchRounds(records: readonly OutboundRecord[], nowMs: number): readonly (readonly UnsentBatch[])[] {
  const rounds: UnsentBatch[][] = [];
  const open = new Map<string, { batch: UnsentBatch; round: number }>();
  for (const record of records) {
    const key = partitionKey(record);
    let current = open.get(key);
    if (!current || current.batch.writer.bytes + sizeOf(record) > BATCH_BYTES) {
      const { topic, partition } = record;
      current = {
        batch: { topic, partition, writer: new RecordBatchWriter(), records: [] },
        round: (current?.round ?? -1) + 1,
      };
      open.set(key, current);
      (rounds[current.round] ??= []).push(current.batch);
    }
    current.batch.writer.append(record, record.timestamp ?? nowMs);
    current.batch.records.push(record);
  }
  return rounds;
}

/** A little more than the record takes. */
function sizeOf({ key, value, headers }: OutboundRecord): number {
  let bytes = lengthOf(key) + lengthOf(value) + 32;
  for (const [name, content] of headers ?? []) bytes += name.length + lengthOf(content) + 4;
  return bytes;
}

function lengthOf(content: Uint8Array | string | null): number {
  if (content === null) return 0;
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length;
}
