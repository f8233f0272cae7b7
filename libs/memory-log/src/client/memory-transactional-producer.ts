import { AppError, isAppError } from '@millrace/core';
import { partitionKey, type OutboundRecord } from '@millrace/records';
import type {
  CommitPosition,
  GroupIdentity,
  TransactionalProducer,
  TransactionalProducerOptions,
} from '@millrace/stream';

import { BrokerRefusal } from '../broker/broker-refusal.ts';
import type { ProducerIdentity } from '../broker/memory-transactions.ts';
import type { RequestName } from './carry.ts';
import type { MemoryClient } from './memory-client.ts';
import { retryRefused } from './retry-refused.ts';

const WAITS = { CONCURRENT_TRANSACTIONS: 2, NOT_COORDINATOR: 50 };
const LIMIT_MS = 10_000;

/** Transactions request by request, as the Kafka adapter sends them. */
export class MemoryTransactionalProducer implements TransactionalProducer {
  readonly #options: TransactionalProducerOptions;
  readonly #client: MemoryClient;
  #identity: ProducerIdentity | null = null;

  constructor(options: TransactionalProducerOptions, client: MemoryClient) {
    this.#options = options;
    this.#client = client;
  }

  async init(): Promise<void> {
    const { transactionalId, timeoutMs } = this.#options;
    const { transactions } = this.#client.broker;
    this.#identity = await this.#ask('init-producer', () => transactions.init(transactionalId, timeoutMs));
  }

  async commit(
    records: readonly OutboundRecord[],
    positions: readonly CommitPosition[],
    group: GroupIdentity,
  ): Promise<void> {
    if (records.length === 0 && positions.length === 0) return;
    const identity = this.#taken();
    this.#identity = null; // until it has gone well: after an error nothing more is sent under it
    const { transactions } = this.#client.broker;
    try {
      await this.#sendAll(identity, records, positions, group);
    } catch (error) {
      if (wasAnswered(error) && !isAppError(error, 'PRODUCER_FENCED'))
        await this.#ask('end-transaction', () => transactions.end(identity, false)).catch(() => undefined);
      throw error;
    }
    await this.#ask('end-transaction', () => transactions.end(identity, true));
    this.#identity = identity;
  }

  async close(): Promise<void> {}

  /** Returns, or throws, when every request has been answered or has failed; an unanswered one before a refused one. */
  async #sendAll(
    identity: ProducerIdentity,
    records: readonly OutboundRecord[],
    positions: readonly CommitPosition[],
    group: GroupIdentity,
  ): Promise<void> {
    const { broker } = this.#client;
    const partitions = [...new Map(records.map((record) => [partitionKey(record), record])).values()];
    if (partitions.length > 0) await this.#ask('add-partitions', () => broker.addPartitions(identity, partitions));
    const results = await Promise.allSettled([
      records.length > 0 && this.#ask('produce', () => broker.produce(identity, records)),
      this.#sendPositions(identity, positions, group),
    ]);
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    if (failures.length > 0) throw failures.find((failure) => !wasAnswered(failure)) ?? failures[0];
  }

  async #sendPositions(
    identity: ProducerIdentity,
    positions: readonly CommitPosition[],
    group: GroupIdentity,
  ): Promise<void> {
    if (positions.length === 0) return;
    const { broker } = this.#client;
    await this.#ask('add-offsets', () => broker.addOffsets(identity, group.groupId));
    await this.#ask('commit-offsets', () => broker.commitOffsets(identity, group, positions));
  }

  #ask<T>(request: RequestName, ask: () => T): Promise<T> {
    const { clock, carry } = this.#client;
    return retryRefused(clock, () => carry(request, ask), WAITS, LIMIT_MS);
  }

  #taken(): ProducerIdentity {
    if (this.#identity) return this.#identity;
    const { transactionalId } = this.#options;
    throw new AppError(
      'LOG_UNAVAILABLE',
      `the producer ${transactionalId} is not initialised, or has failed; take a new one.`,
    );
  }
}

function wasAnswered(error: unknown): boolean {
  return error instanceof BrokerRefusal || isAppError(error, 'RECORD_REFUSED') || isAppError(error, 'TOPIC_MISSING');
}
