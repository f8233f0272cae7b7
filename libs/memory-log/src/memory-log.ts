import type { Clock } from '@millrace/core';
import { partitionKey } from '@millrace/records';
import type {
  GroupMember,
  Log,
  LogAdmin,
  MemberOptions,
  Publisher,
  RecordSource,
  TransactionalProducer,
  TransactionalProducerOptions,
} from '@millrace/stream';

import { MemoryBroker } from './broker/memory-broker.ts';
import { carryAtOnce, type Carry } from './client/carry.ts';
import { MemoryAdmin } from './client/memory-admin.ts';
import { MemoryAtLeastOnceProducer } from './client/memory-at-least-once-producer.ts';
import type { MemoryClient } from './client/memory-client.ts';
import { MemoryMember } from './client/memory-member.ts';
import { MemorySource } from './client/memory-source.ts';
import { MemoryTransactionalProducer } from './client/memory-transactional-producer.ts';
import type { Faults } from './faults.ts';

export interface MemoryLogOptions {
  readonly clock: Clock;
  /** Topics of which only what a marker still needs is kept. */
  readonly trims?: (topic: string) => boolean;
  readonly faults?: Faults;
  /** Shared with the logs of other (simulated) processes. Default: one of its own. */
  readonly broker?: MemoryBroker;
  /** How requests reach the broker. Default: at once. */
  readonly carry?: Carry;
}

/**
 * A log in this process with Kafka's semantics: offsets with gaps for control records, transactions that are open for a
 * while, fence and time out, groups with sessions and generations. Nothing outlives the process and no Kafka client can
 * connect.
 */
export class MemoryLog implements Log {
  readonly description = 'the embedded log (in memory: nothing outlives this process, no Kafka client can connect)';
  readonly #client: MemoryClient;
  readonly #ownsBroker: boolean;
  readonly #faults: Faults;

  constructor({ clock, trims, faults, broker, carry = carryAtOnce }: MemoryLogOptions) {
    this.#ownsBroker = broker === undefined;
    this.#client = { broker: broker ?? new MemoryBroker({ clock, ...(trims && { trims }) }), clock, carry };
    this.#faults = faults ?? (() => undefined);
  }

  admin(): LogAdmin {
    return new MemoryAdmin(this.#client);
  }

  source(): RecordSource {
    const source = new MemorySource(this.#client);
    return {
      fetch: async (positions, limits) => {
        await this.#faults('before-fetch', positions.map(partitionKey).join());
        return source.fetch(positions, limits);
      },
      bounds: (partitions) => source.bounds(partitions),
      offsetsAt: (partitions, timestamp) => source.offsetsAt(partitions, timestamp),
      close: () => source.close(),
    };
  }

  publisher(): Publisher {
    const { broker, carry } = this.#client;
    return { publish: (records) => carry('publish', () => broker.publish(records)), close: async () => undefined };
  }

  member(options: MemberOptions): GroupMember {
    const member = new MemoryMember(options, this.#client);
    return {
      join: () => member.join(),
      committed: (partitions) => member.committed(partitions),
      leave: () => member.leave(),
      close: () => member.close(),
    };
  }

  transactionalProducer(options: TransactionalProducerOptions): TransactionalProducer {
    const producer = new MemoryTransactionalProducer(options, this.#client);
    const at = (point: Parameters<Faults>[0]): void | Promise<void> => this.#faults(point, options.transactionalId);
    return {
      init: async () => {
        await at('before-init');
        await producer.init();
      },
      commit: async (records, positions, group) => {
        await at('before-commit');
        await producer.commit(records, positions, group);
        await at('after-commit');
      },
      close: () => producer.close(),
    };
  }

  atLeastOnceProducer(): TransactionalProducer {
    return new MemoryAtLeastOnceProducer(this.#client, this.#faults);
  }

  async close(): Promise<void> {
    if (this.#ownsBroker) this.#client.broker.close();
  }
}
