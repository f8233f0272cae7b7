import type { OutboundRecord, TopicPartition } from '@millrace/records';

import type { BufferPool } from '../wire/buffer-pool.ts';
import { RecordBatchWriter } from '../wire/record-batch-writer.ts';

/** Below the default `max.message.bytes` (1,048,588), with room for what the broker adds when it transforms a batch. */
const BATCH_BYTES = 900_000;

export interface UnsentBatch extends TopicPartition {
  readonly writer: RecordBatchWriter;
  readonly records: OutboundRecord[];
}

interface OpenBatch {
  readonly batch: UnsentBatch;
  readonly round: number;
}

/**
 * Writes records into batches, in order per partition. A request may hold one batch per partition, so the first batches
 * of all partitions are the first round, the second ones the second: rounds are to be sent one after the other.
 *
 * @param pool where the batches' memory comes from, and goes back to by `releaseBatches`
 */
export function batchRounds(
  records: readonly OutboundRecord[],
  nowMs: number,
  pool?: BufferPool,
): readonly (readonly UnsentBatch[])[] {
  const rounds: UnsentBatch[][] = [];
  const open = new Map<string, OpenBatch[]>();
  const begin = ({ topic, partition }: TopicPartition, round: number): OpenBatch => {
    const batch = { topic, partition, writer: new RecordBatchWriter(pool), records: [] };
    (rounds[round] ??= []).push(batch);
    return { batch, round };
  };
  for (const record of records) {
    let ofTopic = open.get(record.topic);
    if (!ofTopic) open.set(record.topic, (ofTopic = []));
    const timestamp = record.timestamp ?? nowMs;
    let current = (ofTopic[record.partition] ??= begin(record, 0));
    if (!current.batch.writer.append(record, timestamp, BATCH_BYTES)) {
      current = ofTopic[record.partition] = begin(record, current.round + 1);
      current.batch.writer.append(record, timestamp);
    }
    current.batch.records.push(record);
  }
  return rounds;
}

/** When all of them are answered: until then the connection may still be reading them. */
export function releaseBatches(rounds: readonly (readonly UnsentBatch[])[]): void {
  for (const round of rounds) for (const { writer } of round) writer.release();
}
