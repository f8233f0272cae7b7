import { AppError } from '@millrace/core';
import { deadLetterRecord, type OutboundRecord } from '@millrace/records';

import type { GroupIdentity } from '../ports/group-member.ts';
import type { TransactionalProducer } from '../ports/transactional-producer.ts';
import type { StageOutput } from '../stage.ts';
import { commitPositions, countPositions } from './commit-positions.ts';
import { groupNotes } from './group-notes.ts';
import type { StageRunnerOptions } from './runner-options.ts';
import type { Work } from './work.ts';

const TRANSACTION_TIMEOUT_MS = 3000;

/** Steps 3 to 5, with one producer at a time. What is thrown leaves open whether it committed: then `drop` and `take`. */
export class Committer {
  readonly #options: StageRunnerOptions;
  #producer: TransactionalProducer | null = null;

  constructor(options: StageRunnerOptions) {
    this.#options = options;
  }

  get hasProducer(): boolean {
    return this.#producer !== null;
  }

  /** A new producer under the same transactional id: fences the one before and ends its transaction. */
  async take(): Promise<void> {
    const producer = this.#open();
    await producer.init();
    this.#producer = producer;
  }

  async drop(): Promise<void> {
    const producer = this.#producer;
    this.#producer = null;
    await producer?.close().catch(() => undefined);
  }

  /** Outputs, dead letters and positions of a processed batch. */
  async commit(work: Work, output: StageOutput, identity: GroupIdentity): Promise<void> {
    const { topic, partitions } = this.#options.dlq;
    const more = output.deadLetters.map((letter) => deadLetterRecord(letter, topic, partitions));
    more.push(...groupNotes(this.#options, work));
    const records: readonly OutboundRecord[] = more.length === 0 ? output.records : output.records.concat(more);
    await this.#send(records, commitPositions(work), identity);
  }

  /** What must be known of the records should they kill the process (`trial.ts`). */
  async count(work: Work, identity: GroupIdentity): Promise<void> {
    await this.#send(groupNotes(this.#options, work), countPositions(work), identity);
  }

  #open(): TransactionalProducer {
    const { log, delivery, transactionalId, transactionTimeoutMs: timeoutMs = TRANSACTION_TIMEOUT_MS } = this.#options;
    if (delivery === 'at_least_once') return log.atLeastOnceProducer();
    return log.transactionalProducer({ transactionalId, timeoutMs });
  }

  async #send(
    records: readonly OutboundRecord[],
    positions: Parameters<TransactionalProducer['commit']>[1],
    identity: GroupIdentity,
  ): Promise<void> {
    if (!this.#producer) throw new AppError('LOG_UNAVAILABLE', 'there is no producer.');
    await this.#producer.commit(records, positions, identity);
  }
}
