import { AppError, isAppError, type Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import {
  ALIAS_NOTE,
  encodeFeaturesRecord,
  type Alias,
  type AliasDecision,
  type AliasInForce,
  type AliasOffer,
  type OutboundRecord,
} from '@millrace/records';
import { NO_GROUP, type Log, type TransactionalProducer } from '@millrace/stream';

import type { ScorerSet } from './scorer-sets.ts';

const TRANSACTION_MS = 10_000;

export interface AliasSessionOptions {
  readonly plan: Plan;
  readonly log: Log;
  readonly clock: Clock;
  readonly alias: Alias;
}

/** The one who may switch aliases of a pipeline: whoever opens a session ends the one before. */
export class AliasSession {
  /** By it, it finds its own offer. */
  readonly run: string;
  readonly #plan: Plan;
  readonly #alias: Alias;
  readonly #producer: TransactionalProducer;

  private constructor({ plan, clock, alias }: AliasSessionOptions, producer: TransactionalProducer) {
    this.#plan = plan;
    this.#alias = alias;
    this.#producer = producer;
    this.run = `${clock.now().toString(36)}-${Math.floor(clock.random() * 2 ** 52).toString(36)}`;
  }

  /** @throws AppError what the log throws */
  static async open(options: AliasSessionOptions): Promise<AliasSession> {
    const transactionalId = `${options.plan.name}.model-alias`;
    const producer = options.log.transactionalProducer({ transactionalId, timeoutMs: TRANSACTION_MS });
    try {
      await producer.init();
      return new AliasSession(options, producer);
    } catch (error) {
      await producer.close();
      throw known(error);
    }
  }

  /** @throws AppError `PRODUCER_FENCED` when another session has begun; nothing was written then */
  async offer(version: string, members: readonly string[]): Promise<void> {
    const offer: AliasOffer = { version, members, run: this.run };
    await this.#commit([this.#note(this.#offerKey, offer)]);
  }

  /** Takes the offer back, and the answers to it. */
  async withdraw(answers: Iterable<string>): Promise<void> {
    await this.#commit(this.#cleared(answers));
  }

  /**
   * All of it, or nothing.
   *
   * @param answers keys of what was answered
   * @throws AppError `PRODUCER_FENCED`; after any other error it is not known whether it took place
   */
  async switch(inForce: AliasInForce, sets: readonly ScorerSet[], answers: Iterable<string>, decision: AliasDecision) {
    const { names } = this.#plan;
    await this.#commit([
      ...this.#places(inForce, sets),
      this.#note(ALIAS_NOTE.inForce(this.#model, this.#alias), inForce),
      ...this.#cleared(answers),
      { topic: names.decisions, partition: 0, key: `alias:${this.#model}`, value: JSON.stringify(decision) },
    ]);
  }

  /** For sets whose topics have come since. */
  async repeat(inForce: AliasInForce, sets: readonly ScorerSet[]): Promise<void> {
    await this.#commit(this.#places(inForce, sets));
  }

  close(): Promise<void> {
    return this.#producer.close();
  }

  get #model(): string {
    return this.#plan.predict.model;
  }

  get #offerKey(): string {
    return ALIAS_NOTE.offer(this.#model, this.#alias);
  }

  #places(inForce: AliasInForce, sets: readonly ScorerSet[]): readonly OutboundRecord[] {
    const value = encodeFeaturesRecord({ kind: 'alias', model: this.#model, alias: this.#alias, ...inForce });
    return sets.flatMap(({ topic, partitions }) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition, key: null, value })),
    );
  }

  #cleared(answers: Iterable<string>): readonly OutboundRecord[] {
    return [this.#offerKey, ...answers].map((key) => this.#note(key, null));
  }

  #note(key: string, value: object | null): OutboundRecord {
    const text = value && JSON.stringify(value);
    return { topic: this.#plan.names.control, partition: 0, key, value: text };
  }

  async #commit(records: readonly OutboundRecord[]): Promise<void> {
    try {
      await this.#producer.commit(records, [], NO_GROUP);
    } catch (error) {
      throw known(error);
    }
  }
}

/** What it means here that the transactional id was taken. */
export function overtaken(cause?: unknown): AppError {
  const detail =
    `another millrace model alias of this pipeline has begun, or this one stood still for more than ${TRANSACTION_MS / 1000} s ` +
    'while it wrote. This one has switched nothing.';
  return new AppError('PRODUCER_FENCED', detail, { cause });
}

function known(error: unknown): unknown {
  return isAppError(error, 'PRODUCER_FENCED') ? overtaken(error) : error;
}
