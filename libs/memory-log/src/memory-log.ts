import { AppError, type Clock } from '@millrace/core';
import { partitionKey, type OutboundRecord, type TopicPartition } from '@millrace/records';
import {
  decodeMarker,
  type CommitPosition,
  type FetchedChunk,
  type FetchLimits,
  type FetchPosition,
  type GroupIdentity,
  type GroupMember,
  type Log,
  type LogAdmin,
  type MemberOptions,
  type Publisher,
  type RecordSource,
  type TransactionalProducer,
  type TransactionalProducerOptions,
} from '@millrace/stream';

import type { Faults } from './faults.ts';
import { MemoryAdmin } from './memory-admin.ts';
import { MemoryGroup } from './memory-group.ts';
import { MemoryTopics } from './memory-topics.ts';

export interface MemoryLogOptions {
  readonly clock: Clock;
  /** Topics of which only what a marker still needs is kept. */
  readonly trims?: (topic: string) => boolean;
  readonly faults?: Faults;
}

/**
 * A log in this process with Kafka's semantics: offsets with gaps for control records, groups with generations,
 * transactions that fence. Nothing outlives the process and no Kafka client can connect. A transaction is applied in one
 * step, so no reader ever sees an open one.
 */
export class MemoryLog implements Log {
  readonly description = 'the embedded log (in memory: nothing outlives this process, no Kafka client can connect)';
  readonly #topics: MemoryTopics;
  readonly #groups = new Map<string, MemoryGroup>();
  readonly #epochs = new Map<string, number>();
  readonly #trims: (topic: string) => boolean;
  readonly #faults: Faults;

  constructor({ clock, trims, faults }: MemoryLogOptions) {
    this.#topics = new MemoryTopics(clock);
    this.#trims = trims ?? (() => false);
    this.#faults = faults ?? (() => undefined);
  }

  admin(): LogAdmin {
    return new MemoryAdmin(this.#topics, (groupId) => this.#group(groupId));
  }

  source(): RecordSource {
    const partitionsBy = <T>(
      partitions: readonly TopicPartition[],
      read: (at: TopicPartition) => T,
    ): ReadonlyMap<string, T> => new Map(partitions.map((at) => [partitionKey(at), read(at)]));
    return {
      fetch: (positions, limits) => this.#fetch(positions, limits),
      bounds: async (partitions) =>
        partitionsBy(partitions, (at) => ({
          first: this.#topics.partition(at).first,
          lastStable: this.#topics.partition(at).end,
        })),
      offsetsAt: async (partitions, timestamp) =>
        partitionsBy(partitions, (at) => this.#topics.partition(at).offsetAt(timestamp)),
      close: async () => undefined,
    };
  }

  publisher(): Publisher {
    return {
      publish: async (records) => {
        this.#topics.check(records);
        this.#topics.append(records, false);
      },
      close: async () => undefined,
    };
  }

  member(options: MemberOptions): GroupMember {
    const group = this.#group(options.groupId);
    const id = group.newMemberId();
    return {
      join: () => group.join(id, options),
      committed: async (partitions) =>
        new Map(partitions.map((at) => [partitionKey(at), group.committed.get(partitionKey(at)) ?? null])),
      leave: async () => group.leave(id),
      close: async () => group.leave(id),
    };
  }

  transactionalProducer({ transactionalId }: TransactionalProducerOptions): TransactionalProducer {
    let epoch = -1;
    return {
      init: async () => {
        await this.#faults('before-init', transactionalId);
        epoch = (this.#epochs.get(transactionalId) ?? -1) + 1;
        this.#epochs.set(transactionalId, epoch);
      },
      commit: async (records, positions, identity) => {
        await this.#faults('before-commit', transactionalId);
        if (this.#epochs.get(transactionalId) !== epoch) {
          throw new AppError(
            'PRODUCER_FENCED',
            `epoch ${epoch} of ${transactionalId}, now ${this.#epochs.get(transactionalId)}`,
          );
        }
        this.#commit(records, positions, identity);
        await this.#faults('after-commit', transactionalId);
      },
      close: async () => undefined,
    };
  }

  atLeastOnceProducer(): TransactionalProducer {
    return {
      init: async () => undefined,
      commit: async (records, positions, identity) => {
        await this.#faults('before-commit', identity.groupId);
        this.#topics.check(records);
        this.#topics.append(records, false);
        await this.#faults('before-positions', identity.groupId);
        this.#group(identity.groupId).assertCurrent(identity);
        this.#commitPositions(positions, identity);
        await this.#faults('after-commit', identity.groupId);
      },
      close: async () => undefined,
    };
  }

  async close(): Promise<void> {}

  #commit(records: readonly OutboundRecord[], positions: readonly CommitPosition[], identity: GroupIdentity): void {
    this.#group(identity.groupId).assertCurrent(identity);
    this.#topics.check(records);
    this.#topics.append(records, true);
    this.#commitPositions(positions, identity);
  }

  #commitPositions(positions: readonly CommitPosition[], identity: GroupIdentity): void {
    const group = this.#group(identity.groupId);
    for (const position of positions) {
      group.committed.set(partitionKey(position), { offset: position.offset, metadata: position.metadata });
      if (this.#trims(position.topic))
        this.#topics.partition(position).trim(decodeMarker(position.metadata)?.keepFrom ?? 0);
    }
  }

  async #fetch(positions: readonly FetchPosition[], limits: FetchLimits): Promise<readonly FetchedChunk[]> {
    await this.#faults('before-fetch', positions.map(partitionKey).join());
    const isBehind = (at: FetchPosition): boolean => this.#topics.partition(at).end !== at.offset;
    if (!positions.some(isBehind)) await this.#topics.written(limits.maxWaitMs);
    let left = limits.maxBytes;
    const chunks: FetchedChunk[] = [];
    for (const at of positions.filter(isBehind)) {
      const chunk = this.#topics.partition(at).read(at.offset, Math.min(left, limits.maxBytesPerPartition));
      chunks.push(chunk);
      left -= chunk.bytes;
      if (left <= 0) break;
    }
    return chunks;
  }

  #group(groupId: string): MemoryGroup {
    const found = this.#groups.get(groupId);
    if (found) return found;
    const group = new MemoryGroup(groupId, (topic) => this.#topics.spec(topic)?.partitions ?? 0);
    this.#groups.set(groupId, group);
    return group;
  }
}
