import type { MemoryBroker } from '@millrace/memory-log';
import { partitionKey, type InboundRecord, type TopicPartition } from '@millrace/records';

/** Every record that was ever committed, by partition, whatever the log has forgotten since. */
export class Archive {
  readonly #records = new Map<string, InboundRecord[]>();
  readonly #ends = new Map<string, number>();

  /** @param onRecord told of each record when it is committed */
  constructor(broker: MemoryBroker, partitions: readonly TopicPartition[], onRecord: (record: InboundRecord) => void) {
    for (const at of partitions) {
      const records: InboundRecord[] = [];
      this.#records.set(partitionKey(at), records);
      this.#ends.set(partitionKey(at), 0);
      const partition = broker.topics.partition(at);
      partition.watch(() => {
        const from = this.end(at);
        if (!(from < partition.lastStable)) return;
        const chunk = partition.read(from, Infinity);
        this.#ends.set(partitionKey(at), chunk.next);
        for (const record of chunk.records) {
          records.push(record);
          onRecord(record);
        }
      });
    }
  }

  /** Behind the last record known. */
  end(at: TopicPartition): number {
    return this.#ends.get(partitionKey(at)) ?? 0;
  }

  all(at: TopicPartition): readonly InboundRecord[] {
    return this.#records.get(partitionKey(at)) ?? [];
  }

  between(at: TopicPartition, from: number, to: number): readonly InboundRecord[] {
    const records = this.all(at);
    const start = firstBehind(records, from);
    let stop = start;
    while (stop < records.length && (records[stop] as InboundRecord).offset < to) stop++;
    return records.slice(start, stop);
  }
}

function firstBehind(records: readonly InboundRecord[], offset: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle] as InboundRecord).offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
