import { partitionKey, type TopicPartition } from '@millrace/records';
import type { CommittedPosition, LogAdmin, TopicDescription, TopicSpec } from '@millrace/stream';

import type { MemoryGroup } from './memory-group.ts';
import type { MemoryTopics } from './memory-topics.ts';

export class MemoryAdmin implements LogAdmin {
  readonly #topics: MemoryTopics;
  readonly #group: (groupId: string) => MemoryGroup;

  constructor(topics: MemoryTopics, group: (groupId: string) => MemoryGroup) {
    this.#topics = topics;
    this.#group = group;
  }

  async describe(topics: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> {
    const found = topics.flatMap((topic) => this.#topics.spec(topic) ?? []);
    return new Map(found.map(({ topic, partitions, config }) => [topic, { topic, partitions, config }]));
  }

  async list(): Promise<readonly string[]> {
    return this.#topics.names();
  }

  async create(specs: readonly TopicSpec[]): Promise<void> {
    for (const spec of specs) this.#topics.create(spec);
  }

  async delete(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.#topics.delete(topic);
  }

  async committed(
    groupId: string,
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<string, CommittedPosition | null>> {
    const { committed } = this.#group(groupId);
    return new Map(partitions.map((at) => [partitionKey(at), committed.get(partitionKey(at)) ?? null]));
  }

  async close(): Promise<void> {}
}
