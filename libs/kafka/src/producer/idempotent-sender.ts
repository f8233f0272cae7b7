import type { AppError } from '@millrace/core';
import { partitionKey, type OutboundRecord } from '@millrace/records';

import type { ConnectionSettings } from '../cluster/connection-settings.ts';
import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { logError } from '../cluster/log-error.ts';
import { initProducerIdRequest, type ProducerIdentity } from '../requests/init-producer-id.ts';
import { ProtocolError, protocolErrorType } from '../requests/protocol-error.ts';
import { isOn } from '../safeguards.ts';
import { BufferPool } from '../wire/buffer-pool.ts';
import { batchRounds, releaseBatches, type UnsentBatch } from './batch-rounds.ts';
import { isTaken } from './is-taken.ts';
import { PartitionSequences } from './partition-sequences.ts';
import { sendBatches } from './send-batches.ts';

const RETRY_MS = 100;
const RETRY_LIMIT_MS = 30_000;
const NO_TRANSACTION_TIMEOUT_MS = 60_000;
const NO_ANSWER = -1;
const POOL_BYTES = 4 << 20;

/** The records that were not taken, and why. */
export type NotTaken = Map<OutboundRecord, AppError>;

/**
 * Sends records without a transaction, and none of them twice: whatever is repeated keeps the producer's id and sequence
 * number, by which the broker knows it (KIP-98). One call at a time.
 */
export class IdempotentSender {
  readonly #settings: ConnectionSettings;
  readonly #cluster: KafkaCluster;
  readonly #pool = new BufferPool(POOL_BYTES);
  #identity: ProducerIdentity | null = null;
  #sequences = new PartitionSequences();

  constructor(settings: ConnectionSettings, cluster: KafkaCluster) {
    this.#settings = settings;
    this.#cluster = cluster;
  }

  /** Never rejects. What follows a record that was not taken, in its partition, is not taken either. */
  async send(records: readonly OutboundRecord[]): Promise<NotTaken> {
    const notTaken: NotTaken = new Map();
    const blocked = new Map<string, AppError>();
    const rounds = batchRounds(records, this.#settings.clock.now(), this.#pool);
    for (const round of rounds) {
      await this.#sendRound(
        round.filter((batch) => !blocked.has(partitionKey(batch))),
        blocked,
      );
      for (const batch of round) {
        const reason = blocked.get(partitionKey(batch));
        if (reason) for (const record of batch.records) notTaken.set(record, reason);
      }
    }
    if (notTaken.size === 0) releaseBatches(rounds);
    return notTaken;
  }

  /** Repeats what passes; what does not is noted in `blocked`, by partition. */
  async #sendRound(round: readonly UnsentBatch[], blocked: Map<string, AppError>): Promise<void> {
    const { clock } = this.#settings;
    let open = round;
    for (const startedAt = clock.elapsed(); open.length > 0;) {
      const failures = await this.#trySend(open);
      const over = clock.elapsed() - startedAt > RETRY_LIMIT_MS || [...failures.values()].some(isCountLost);
      for (const [batch, failure] of failures)
        if (over || failure.class !== 'retry') blocked.set(partitionKey(batch), failure);
      // Whether the broker has a batch that is given up is not known: its number must not be given to another.
      if (over) this.#identity = null;
      open = over ? [] : open.filter((batch) => failures.get(batch)?.class === 'retry');
      if (open.length === 0) return;
      this.#cluster.forget();
      await clock.sleep(RETRY_MS);
    }
  }

  async #trySend(open: readonly UnsentBatch[]): Promise<ReadonlyMap<UnsentBatch, AppError>> {
    try {
      const identity = (this.#identity ??= await this.#takeIdentity());
      const batches = open.map(({ topic, partition, writer }) => {
        const firstSequence = isOn('sequence-numbers') ? this.#sequences.next({ topic, partition }) : -1;
        return { topic, partition, batch: writer.finish({ ...identity, firstSequence, transactional: false }) };
      });
      const answers = await sendBatches(this.#cluster, null, batches, this.#pool);
      const codes = new Map(answers.map((answer) => [partitionKey(answer), answer.errorCode]));
      return new Map(open.flatMap((batch) => this.#take(batch, codes.get(partitionKey(batch)) ?? NO_ANSWER)));
    } catch (error) {
      const failure = logError(error, 'publishing');
      return new Map(open.map((batch) => [batch, failure]));
    }
  }

  #take(batch: UnsentBatch, code: number): (readonly [UnsentBatch, AppError])[] {
    if (!isTaken(code)) return [[batch, logError(new ProtocolError(code), `publishing to ${partitionKey(batch)}`)]];
    this.#sequences.advance(batch, batch.records.length);
    return [];
  }

  async #takeIdentity(): Promise<ProducerIdentity> {
    this.#sequences = new PartitionSequences();
    if (!isOn('sequence-numbers')) return { producerId: -1, producerEpoch: -1 };
    return this.#cluster.sendToAny(initProducerIdRequest(null, NO_TRANSACTION_TIMEOUT_MS));
  }
}

/** The broker and this producer no longer agree on what was sent. */
function isCountLost({ cause }: AppError): boolean {
  return ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID', 'INVALID_PRODUCER_EPOCH'].includes(
    protocolErrorType(cause) ?? '',
  );
}
