import type { OutboundRecord } from '@millrace/records';
import type { Publisher } from '@millrace/stream';

import { numberedRecord, type Poison } from './numbered-record.ts';

const KEYS_PER_PARTITION = 10;

/** Makes the worker's input: numbered records of a few keys per partition, in rotation. */
export class Feed {
  readonly #publisher: Publisher;
  readonly #topic: string;
  readonly #partitions: number;
  #next = 0;

  constructor(publisher: Publisher, topic: string, partitions: number) {
    this.#publisher = publisher;
    this.#topic = topic;
    this.#partitions = partitions;
  }

  /** @param poisonAt which of these records are poison, by their place */
  async publish(count: number, poisonAt: (place: number) => Poison | null = () => null): Promise<void> {
    const records = Array.from({ length: count }, (_, place) => this.#record(this.#next + place, poisonAt(place)));
    await this.#publisher.publish(records);
    this.#next += count;
  }

  #record(number: number, poison: Poison | null): OutboundRecord {
    const keys = this.#partitions * KEYS_PER_PARTITION;
    const key = number % keys;
    const at = { topic: this.#topic, partition: key % this.#partitions };
    return numberedRecord(at, `k${key}`, { seq: Math.floor(number / keys), number, poison });
  }
}
