import { AppError, isAppError, type Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { OutboundRecord } from '@millrace/records';
import { NO_GROUP, type Log, type TransactionalProducer } from '@millrace/stream';

import { ReplayNotes } from './replay-notes.ts';

/** As long as readers of `<p>.events` may be held up by a replay that died. */
const TRANSACTION_MS = 3000;

export interface ReplayContext {
  readonly log: Log;
  readonly plan: Plan;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** An event on its way back. */
export interface ReplayedEvent {
  readonly record: OutboundRecord;
  /** Where it was, as `partition@offset`. */
  readonly origin: string;
  readonly attempts: number;
}

/**
 * The one replay of a pipeline's dead letters that is under way: whoever opens one ends the one before, and knows all
 * that it has sent. An event goes out in the same transaction as the note of it.
 */
export class ReplaySession {
  /** Events replayed by earlier runs, as `partition@offset`. */
  readonly replayed: ReadonlySet<string>;
  readonly #producer: TransactionalProducer;
  readonly #notes: ReplayNotes;

  private constructor(producer: TransactionalProducer, notes: ReplayNotes, replayed: ReadonlySet<string>) {
    this.#producer = producer;
    this.#notes = notes;
    this.replayed = replayed;
  }

  /** @throws AppError what the log throws */
  static async open({ log, plan, clock, signal }: ReplayContext): Promise<ReplaySession> {
    const transactionalId = `${plan.name}.dlq-replay`;
    const producer = log.transactionalProducer({ transactionalId, timeoutMs: TRANSACTION_MS });
    const notes = new ReplayNotes(plan.names.control);
    const run = `${clock.now().toString(36)}-${Math.floor(clock.random() * 2 ** 52).toString(36)}`;
    try {
      await producer.init();
      await producer.commit([notes.begun(run)], [], NO_GROUP);
      return new ReplaySession(producer, notes, await notes.before(run, log, signal));
    } catch (error) {
      await producer.close();
      throw overtaken(error);
    }
  }

  /** @throws AppError `PRODUCER_FENCED` when another run has begun; nothing of these was sent then */
  async send(events: readonly ReplayedEvent[]): Promise<void> {
    const notes = events.map(({ origin, attempts }) => this.#notes.replayed(origin, attempts));
    await this.#commit([...events.map(({ record }) => record), ...notes]);
  }

  async forget(origins: readonly string[]): Promise<void> {
    await this.#commit(origins.map((origin) => this.#notes.forgotten(origin)));
  }

  close(): Promise<void> {
    return this.#producer.close();
  }

  async #commit(records: readonly OutboundRecord[]): Promise<void> {
    if (records.length === 0) return;
    try {
      await this.#producer.commit(records, [], NO_GROUP);
    } catch (error) {
      throw overtaken(error);
    }
  }
}

/** Says what it means here that the transactional id was taken. */
function overtaken(error: unknown): unknown {
  if (!isAppError(error, 'PRODUCER_FENCED')) return error;
  const detail =
    `another millrace dlq replay of this pipeline has begun, or this one stood still for more than ${TRANSACTION_MS / 1000} s. ` +
    'What it sent is noted: the same command goes on from there.';
  return new AppError('PRODUCER_FENCED', detail, { cause: error });
}
