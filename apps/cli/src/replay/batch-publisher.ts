import type { OutboundRecord } from '@millrace/records';
import type { Publisher } from '@millrace/stream';

const MOST_RECORDS = 2000;
const MOST_LETTERS = 512 * 1024;

/** Gathers records and publishes them in order, the next batch gathering while one is under way. */
export class BatchPublisher {
  readonly #publisher: Publisher;
  #batch: OutboundRecord[] = [];
  #letters = 0;
  #underWay: Promise<void> = Promise.resolve();

  constructor(publisher: Publisher) {
    this.#publisher = publisher;
  }

  add(records: readonly OutboundRecord[]): void {
    for (const record of records) {
      this.#batch.push(record);
      this.#letters += record.value?.length ?? 0;
    }
  }

  get isFull(): boolean {
    return this.#batch.length >= MOST_RECORDS || this.#letters >= MOST_LETTERS;
  }

  /** Waits for the batch before, and starts this one. */
  async send(): Promise<void> {
    await this.#underWay;
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#letters = 0;
    this.#underWay = this.#publisher.publish(batch);
    this.#underWay.catch(() => undefined); // told by the next call
  }

  /** Until everything is acknowledged. */
  async flush(): Promise<void> {
    await this.send();
    await this.#underWay;
  }
}
