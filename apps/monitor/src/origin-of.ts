import type { TopicNames } from '@millrace/pipeline';
import { decodeOutcomesRecord, decodeScoredRecord, type InboundRecord, type TopicPartition } from '@millrace/records';

/** The event in `<p>.events` that a record of the join stems from; the record itself where it cannot be read. */
export function originOf(record: InboundRecord, names: TopicNames): TopicPartition & { readonly offset: number } {
  try {
    const decode = record.topic === names.scored ? decodeScoredRecord : decodeOutcomesRecord;
    const row = decode(record.value ?? Buffer.alloc(0));
    if ('origin' in row) return { topic: names.events, ...row.origin };
  } catch {
    // it is because the record is broken that we are asked
  }
  return { topic: record.topic, partition: record.partition, offset: record.offset };
}
