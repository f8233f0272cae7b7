import { AppError, type Clock } from '@millrace/core';
import type { OutboundRecord } from '@millrace/records';
import type { Log, LogAdmin, Publisher } from '@millrace/stream';

/** `<p>.events` may grow. */
const LOOK_EVERY_MS = 30_000;

/** The topic behind the door: connected with the first event. */
export class EventsTopic {
  readonly #topic: string;
  readonly #log: Log;
  readonly #clock: Clock;
  #publisher: Publisher | null = null;
  #admin: LogAdmin | null = null;
  #known: { readonly partitions: number; readonly ms: number } | null = null;

  constructor(topic: string, log: Log, clock: Clock) {
    this.#topic = topic;
    this.#log = log;
    this.#clock = clock;
  }

  /** @throws AppError `TOPIC_MISSING`, and what the log throws */
  async partitions(): Promise<number> {
    const known = this.#known;
    if (known && this.#clock.elapsed() - known.ms < LOOK_EVERY_MS) return known.partitions;
    this.#admin ??= this.#log.admin();
    const described = (await this.#admin.describe([this.#topic])).get(this.#topic);
    if (!described) throw new AppError('TOPIC_MISSING', `there is no topic ${this.#topic}.`);
    this.#known = { partitions: described.partitions, ms: this.#clock.elapsed() };
    return described.partitions;
  }

  /** Resolves when the records are acknowledged. */
  publish(records: readonly OutboundRecord[]): Promise<void> {
    this.#publisher ??= this.#log.publisher();
    return this.#publisher.publish(records);
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#publisher?.close(), this.#admin?.close()]);
  }
}
