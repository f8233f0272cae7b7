import { AppError } from '@millrace/core';
import type { OutboundRecord } from '@millrace/records';
import type { Publisher } from '@millrace/stream';

import type { ConnectionSettings } from '../cluster/connection-settings.ts';
import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { IdempotentSender, type NotTaken } from './idempotent-sender.ts';

/** How much of what waits goes out together. */
const GATHER_BYTES = 4 << 20;

interface Call {
  readonly records: readonly OutboundRecord[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What `publish` is given while a request is under way gathers for the next one: many small calls cost few round trips,
 * and nothing waits for a timer.
 */
export class KafkaPublisher implements Publisher {
  readonly #cluster: KafkaCluster;
  readonly #sender: IdempotentSender;
  #waiting: Call[] = [];
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(settings: ConnectionSettings, cluster: KafkaCluster) {
    this.#cluster = cluster;
    this.#sender = new IdempotentSender(settings, cluster);
  }

  publish(records: readonly OutboundRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    if (this.#closed) return Promise.reject(new AppError('LOG_UNAVAILABLE', 'the publisher is closed.'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** What was handed over before is still sent. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    this.#cluster.close();
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#sendTogether(this.#gather());
    this.#running = null;
  }

  #gather(): readonly Call[] {
    let bytes = 0;
    const tooMuch = this.#waiting.findIndex(({ records }) => {
      for (const { value } of records) bytes += value?.length ?? 0;
      return bytes > GATHER_BYTES;
    });
    return this.#waiting.splice(0, tooMuch < 0 ? this.#waiting.length : Math.max(1, tooMuch));
  }

  async #sendTogether(calls: readonly Call[]): Promise<void> {
    const notTaken = await this.#sender.send(calls.flatMap(({ records }) => records));
    for (const call of calls) {
      const failure = await this.#failureOf(call, notTaken, calls.length === 1);
      if (failure) call.reject(failure);
      else call.resolve();
    }
  }

  /** A refused record fails its own call only: what came to the broker together with it goes there once more, alone. */
  async #failureOf({ records }: Call, notTaken: NotTaken, alone: boolean): Promise<AppError | null> {
    const own = records.filter((record) => notTaken.has(record));
    const first = own[0] && notTaken.get(own[0]);
    if (!first || alone || first.code !== 'RECORD_REFUSED') return first ?? null;
    return [...(await this.#sender.send(own)).values()][0] ?? null;
  }
}
