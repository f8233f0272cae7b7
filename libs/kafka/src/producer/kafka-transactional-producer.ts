import { AppError } from '@millrace/core';
import { partitionKey, type OutboundRecord, type TopicPartition } from '@millrace/records';
import type {
  CommitPosition,
  GroupIdentity,
  TransactionalProducer,
  TransactionalProducerOptions,
} from '@millrace/stream';

import type { ConnectionSettings } from '../cluster/connection-settings.ts';
import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { isLeaderMoving } from '../cluster/leader-moving.ts';
import { logError } from '../cluster/log-error.ts';
import { initProducerIdRequest } from '../requests/init-producer-id.ts';
import type { PartitionBatch } from '../requests/produce.ts';
import { ProtocolError, protocolErrorType } from '../requests/protocol-error.ts';
import type { Request } from '../requests/request.ts';
import {
  addOffsetsRequest,
  addPartitionsRequest,
  commitOffsetsRequest,
  endTransactionRequest,
  type TransactionIdentity,
} from '../requests/transaction.ts';
import { isOn } from '../safeguards.ts';
import { BufferPool } from '../wire/buffer-pool.ts';
import { batchRounds, releaseBatches, type UnsentBatch } from './batch-rounds.ts';
import { isTaken } from './is-taken.ts';
import { PartitionSequences } from './partition-sequences.ts';
import { retryWhilePassing } from './retry-while-passing.ts';
import { sendBatches } from './send-batches.ts';

const NOT_TAKEN_RETRY_MS = 20;
const NOT_TAKEN_YET = [
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'REQUEST_TIMED_OUT',
  'CORRUPT_MESSAGE',
  'THROTTLING_QUOTA_EXCEEDED',
];
/** What the broker may take on top of a transaction's time-out to end a dead producer's. */
const SCAN_MS = 20_000;
/** Two transactions of the runner's default size and their requests. */
const POOL_BYTES = 16 << 20;

/**
 * Transactions request by request, as the Java client sends them (KIP-98, KIP-447):
 * AddPartitions, then Produce beside AddOffsets, then TxnOffsetCommit, then EndTxn. TxnOffsetCommit is not sent beside
 * Produce: for each of them a broker asks the coordinator whether its partitions belong to the transaction (KIP-890, part
 * 1), and of two such questions about one transaction it drops the first, whose request it then refuses.
 */
export class KafkaTransactionalProducer implements TransactionalProducer {
  readonly #options: TransactionalProducerOptions;
  readonly #settings: ConnectionSettings;
  readonly #cluster: KafkaCluster;
  readonly #sequences = new PartitionSequences();
  readonly #pool = new BufferPool(POOL_BYTES);
  #identity: TransactionIdentity | null = null;

  constructor(options: TransactionalProducerOptions, settings: ConnectionSettings, cluster: KafkaCluster) {
    this.#options = options;
    this.#settings = settings;
    this.#cluster = cluster;
  }

  async init(): Promise<void> {
    const { transactionalId, timeoutMs } = this.#options;
    try {
      const request = initProducerIdRequest(transactionalId, timeoutMs);
      const identity = await this.#toCoordinator(request, timeoutMs + SCAN_MS);
      this.#identity = { transactionalId, ...identity };
    } catch (error) {
      throw this.#failed(error, 'taking the transactional id');
    }
  }

  async commit(
    records: readonly OutboundRecord[],
    positions: readonly CommitPosition[],
    group: GroupIdentity,
  ): Promise<void> {
    if (records.length === 0 && positions.length === 0) return;
    const identity = this.#taken();
    this.#identity = null; // until it has gone well: after an error nothing more is sent under it
    try {
      const rounds = batchRounds(records, this.#settings.clock.now(), this.#pool);
      await this.#sendAll(identity, rounds, positions, group);
      releaseBatches(rounds);
    } catch (error) {
      const failure = this.#failed(error, 'sending the transaction of');
      // Without an answer to all of it something may still arrive: then taking the id anew, with its new epoch, ends it.
      const answered = protocolErrorType(error) !== null;
      const over = answered ? isOn('refused-aborted') : !isOn('unanswered-left');
      if (over && failure.code !== 'PRODUCER_FENCED') await this.#abort(identity);
      throw failure;
    }
    await this.#end(identity).catch((error: unknown) => {
      throw this.#failed(error, 'committing the transaction of');
    });
    this.#identity = identity;
  }

  /**
   * A coordinator that another producer interrupts by taking the id answers UNKNOWN_SERVER_ERROR (seen with 4.3.1). Asked
   * once more it says what has become of the transaction: what has committed is committed, whoever asks again.
   */
  async #end(identity: TransactionIdentity): Promise<void> {
    const request = endTransactionRequest(identity, 'commit');
    await this.#toCoordinator(request).catch((error: unknown) => {
      if (protocolErrorType(error) !== 'UNKNOWN_SERVER_ERROR') throw error;
      return this.#toCoordinator(request);
    });
  }

  async close(): Promise<void> {
    this.#cluster.close();
  }

  /** Returns, or throws, when every request has been answered or has failed; an unanswered one before a refused one. */
  async #sendAll(
    identity: TransactionIdentity,
    rounds: readonly (readonly UnsentBatch[])[],
    positions: readonly CommitPosition[],
    group: GroupIdentity,
  ): Promise<void> {
    const partitions = distinct(rounds.flat());
    if (partitions.length > 0) await this.#toCoordinator(addPartitionsRequest(identity, partitions));
    const results = await Promise.allSettled([
      this.#produce(identity, rounds),
      positions.length > 0 && this.#toCoordinator(addOffsetsRequest(identity, group.groupId)),
    ]);
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    if (failures.length > 0) throw failures.find((failure) => protocolErrorType(failure) === null) ?? failures[0];
    if (positions.length > 0) await this.#sendPositions(identity, positions, group);
  }

  async #sendPositions(
    identity: TransactionIdentity,
    positions: readonly CommitPosition[],
    group: GroupIdentity,
  ): Promise<void> {
    const request = commitOffsetsRequest(identity, positions, group);
    const ask = () => this.#cluster.sendToCoordinator('group', group.groupId, 'group', request);
    await retryWhilePassing(this.#settings.clock, ask);
  }

  async #produce(identity: TransactionIdentity, rounds: readonly (readonly UnsentBatch[])[]): Promise<void> {
    const { transactionalId, producerId, producerEpoch } = identity;
    for (const round of rounds) {
      const batches = round.map(({ topic, partition, writer }) => {
        const firstSequence = this.#sequences.next({ topic, partition });
        this.#sequences.advance({ topic, partition }, writer.count);
        return {
          topic,
          partition,
          batch: writer.finish({ producerId, producerEpoch, firstSequence, transactional: true }),
        };
      });
      await this.#sendUntilTaken(transactionalId, batches);
    }
  }

  async #sendUntilTaken(transactionalId: string, batches: readonly PartitionBatch[]): Promise<void> {
    const { clock } = this.#settings;
    let open = batches;
    for (const startedAt = clock.elapsed(); ;) {
      const answers = await sendBatches(this.#cluster, transactionalId, open, this.#pool);
      const failures = answers.filter(({ errorCode }) => !isTaken(errorCode));
      if (failures.length === 0) return;
      const over = clock.elapsed() - startedAt > this.#options.timeoutMs;
      for (const { errorCode } of failures) {
        const error = new ProtocolError(errorCode);
        if (over || !isNotTakenYet(error)) throw error;
      }
      const again = new Set(failures.map(partitionKey));
      open = open.filter((batch) => again.has(partitionKey(batch)));
      this.#cluster.forgetLeaders();
      await clock.sleep(NOT_TAKEN_RETRY_MS);
    }
  }

  /** So that the partitions written to are free for their readers at once; if it fails, the broker's time-out does it. */
  async #abort(identity: TransactionIdentity): Promise<void> {
    const ended = this.#toCoordinator(endTransactionRequest(identity, 'abort'));
    await ended.catch(() => undefined);
  }

  /** All of these requests may be repeated: the coordinator has done nothing, or does it once. */
  #toCoordinator<T>(request: Request<T>, limitMs?: number): Promise<T> {
    const { transactionalId } = this.#options;
    const ask = () => this.#cluster.sendToCoordinator('transaction', transactionalId, 'transaction', request);
    return retryWhilePassing(this.#settings.clock, ask, limitMs);
  }

  #taken(): TransactionIdentity {
    if (this.#identity) return this.#identity;
    throw new AppError(
      'LOG_UNAVAILABLE',
      `the producer ${this.#options.transactionalId} is not initialised, or has failed; take a new one.`,
    );
  }

  #failed(error: unknown, doing: string): AppError {
    const failure = logError(error, `${doing} ${this.#options.transactionalId}`);
    if (failure.class === 'retry') this.#cluster.forget();
    return failure;
  }
}

/**
 * Whether a leader has not taken the batch, or not as safely as asked, and may do so soon; its sequence number lets it
 * be repeated. NOT_ENOUGH_REPLICAS is also what it answers while it cannot ask the coordinator whether the partition
 * belongs to the transaction (KIP-890), as just after its start.
 */
function isNotTakenYet(error: ProtocolError): boolean {
  return NOT_TAKEN_YET.includes(error.type) || isLeaderMoving(error);
}

function distinct(partitions: readonly TopicPartition[]): readonly TopicPartition[] {
  return [...new Map(partitions.map((at) => [partitionKey(at), at])).values()];
}
