import { partitionKey, type TopicPartition } from '@millrace/records';

/** Sequence numbers are 31 bits and begin again at 0. */
const WRAP = 2 ** 31;

/** The next sequence number of each partition: what lets a broker tell a repeated batch from a new one (KIP-98). */
export class PartitionSequences {
  readonly #next = new Map<string, number>();

  next(at: TopicPartition): number {
    return this.#next.get(partitionKey(at)) ?? 0;
  }

  /** A batch of `count` records was sent, or acknowledged, from `next` on. */
  advance(at: TopicPartition, count: number): void {
    this.#next.set(partitionKey(at), (this.next(at) + count) % WRAP);
  }
}
