import { partitionKey, type TopicPartition } from '@millrace/records';
import type { FetchedChunk, FetchLimits, FetchPosition, PartitionBounds, RecordSource } from '@millrace/stream';

import type { MemoryClient } from './memory-client.ts';

export class MemorySource implements RecordSource {
  readonly #client: MemoryClient;

  constructor(client: MemoryClient) {
    this.#client = client;
  }

  fetch(positions: readonly FetchPosition[], limits: FetchLimits): Promise<readonly FetchedChunk[]> {
    const { broker, carry } = this.#client;
    return carry('fetch', () => broker.topics.fetch(positions, limits));
  }

  bounds(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, PartitionBounds>> {
    const { broker, carry } = this.#client;
    return carry('bounds', () =>
      by(partitions, (at) => {
        const { first, lastStable } = broker.topics.partition(at);
        return { first, lastStable };
      }),
    );
  }

  offsetsAt(partitions: readonly TopicPartition[], timestamp: number): Promise<ReadonlyMap<string, number>> {
    const { broker, carry } = this.#client;
    return carry('offsets-at', () => by(partitions, (at) => broker.topics.partition(at).offsetAt(timestamp)));
  }

  async close(): Promise<void> {}
}

function by<T>(partitions: readonly TopicPartition[], read: (at: TopicPartition) => T): ReadonlyMap<string, T> {
  return new Map(partitions.map((at) => [partitionKey(at), read(at)]));
}
