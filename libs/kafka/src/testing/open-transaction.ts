import { SystemClock } from '@millrace/core';
import type { OutboundRecord } from '@millrace/records';
import type { CommitPosition, GroupIdentity } from '@millrace/stream';

import { isCoordinatorSettling } from '../cluster/coordinator-settling.ts';
import { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { isLeaderMoving } from '../cluster/leader-moving.ts';
import { batchRounds } from '../producer/batch-rounds.ts';
import { PartitionSequences } from '../producer/partition-sequences.ts';
import { sendBatches } from '../producer/send-batches.ts';
import { initProducerIdRequest } from '../requests/init-producer-id.ts';
import { assertNoError, protocolErrorType } from '../requests/protocol-error.ts';
import type { Request } from '../requests/request.ts';
import {
  addOffsetsRequest,
  addPartitionsRequest,
  commitOffsetsRequest,
  endTransactionRequest,
  type TransactionIdentity,
} from '../requests/transaction.ts';

const PASSING = ['CONCURRENT_TRANSACTIONS', 'NOT_ENOUGH_REPLICAS'];

/**
 * A transaction that a test holds open: what a producer is in between the steps of `commit`. Several transactions may
 * follow each other under one id.
 */
export class OpenTransaction {
  readonly #cluster: KafkaCluster;
  readonly #clock = new SystemClock();
  readonly #identity: TransactionIdentity;
  readonly #sequences = new PartitionSequences();

  private constructor(cluster: KafkaCluster, identity: TransactionIdentity) {
    this.#cluster = cluster;
    this.#identity = identity;
  }

  static async begin(brokers: readonly string[], transactionalId: string): Promise<OpenTransaction> {
    const cluster = new KafkaCluster({ brokers, clientId: 'test', clock: new SystemClock() }, { made: true });
    const request = initProducerIdRequest(transactionalId, 60_000);
    const identity = await whilePassing(() =>
      cluster.sendToCoordinator('transaction', transactionalId, 'transaction', request),
    );
    return new OpenTransaction(cluster, { transactionalId, ...identity });
  }

  async send(records: readonly OutboundRecord[]): Promise<void> {
    await this.#toCoordinator(addPartitionsRequest(this.#identity, records));
    const { transactionalId, ...producer } = this.#identity;
    for (const round of batchRounds(records, this.#clock.now())) {
      const batches = round.map(({ topic, partition, writer }) => {
        const firstSequence = this.#sequences.next({ topic, partition });
        this.#sequences.advance({ topic, partition }, writer.count);
        return { topic, partition, batch: writer.finish({ ...producer, firstSequence, transactional: true }) };
      });
      await whilePassing(async () => {
        for (const { errorCode } of await sendBatches(this.#cluster, transactionalId, batches))
          assertNoError(errorCode);
      });
    }
  }

  async sendPositions(positions: readonly CommitPosition[], group: GroupIdentity): Promise<void> {
    await this.#toCoordinator(addOffsetsRequest(this.#identity, group.groupId));
    const request = commitOffsetsRequest(this.#identity, positions, group);
    await whilePassing(() => this.#cluster.sendToCoordinator('group', group.groupId, 'group', request));
  }

  async end(outcome: 'commit' | 'abort'): Promise<void> {
    await this.#toCoordinator(endTransactionRequest(this.#identity, outcome));
  }

  close(): void {
    this.#cluster.close();
  }

  #toCoordinator<T>(request: Request<T>): Promise<T> {
    const { transactionalId } = this.#identity;
    return whilePassing(() => this.#cluster.sendToCoordinator('transaction', transactionalId, 'transaction', request));
  }
}

function isPassing(error: unknown): boolean {
  return PASSING.includes(protocolErrorType(error) ?? '') || isCoordinatorSettling(error) || isLeaderMoving(error);
}

/** A broker that has just started, and one of a topic that has just been created, needs a moment. */
async function whilePassing<T>(ask: () => Promise<T>): Promise<T> {
  const clock = new SystemClock();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await clock.sleep(10);
    }
  }
}
