import type { TopicPartition } from '@millrace/records';
import type { BrokersFound, CommittedPosition, LogAdmin, Right, TopicDescription, TopicSpec } from '@millrace/stream';

import type { MemoryClient } from './memory-client.ts';
import { stablePositions } from './stable-positions.ts';

export class MemoryAdmin implements LogAdmin {
  readonly #client: MemoryClient;

  constructor(client: MemoryClient) {
    this.#client = client;
  }

  /** It is this very process. */
  async brokers(): Promise<BrokersFound> {
    return { unspoken: [], silent: [] };
  }

  describe(topics: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> {
    const { broker, carry } = this.#client;
    return carry('admin', () => {
      const found = topics.flatMap((topic) => broker.topics.spec(topic) ?? []);
      return new Map(
        found.map(({ topic, partitions, replication, config }) => [
          topic,
          { topic, partitions, replicas: replication ?? 1, config },
        ]),
      );
    });
  }

  list(): Promise<readonly string[]> {
    return this.#client.carry('admin', () => this.#client.broker.topics.names());
  }

  create(specs: readonly TopicSpec[]): Promise<void> {
    return this.#client.carry('admin', () => {
      for (const spec of specs) this.#client.broker.topics.create(spec);
    });
  }

  delete(topics: readonly string[]): Promise<void> {
    return this.#client.carry('admin', () => {
      for (const topic of topics) this.#client.broker.topics.delete(topic);
    });
  }

  committed(
    groupId: string,
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<string, CommittedPosition | null>> {
    return stablePositions(this.#client, groupId, partitions, () => undefined);
  }

  members(groupId: string): Promise<readonly string[]> {
    return this.#client.carry('admin', () => this.#client.broker.group(groupId).memberIds);
  }

  deleteGroup(groupId: string): Promise<boolean> {
    return this.#client.carry('admin', () => this.#client.broker.deleteGroup(groupId));
  }

  /** Everyone may do everything. */
  async missing(): Promise<readonly Right[]> {
    return [];
  }

  async close(): Promise<void> {}
}
