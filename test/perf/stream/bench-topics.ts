import type { Log } from '@millrace/stream';

import { CommittedReader } from './committed-reader.ts';
import { numberedRecord } from './numbered-records.ts';

const CHUNK = 5000;

/** The topics of a benchmark, deleted at its end. */
export class BenchTopics {
  readonly partitions = 8;
  readonly #log: Log;
  readonly #run = Date.now().toString(36);
  readonly #made: string[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  async create(): Promise<string> {
    const topic = `bench-${this.#run}-${this.#made.length}`;
    this.#made.push(topic);
    const admin = this.#log.admin();
    await admin.create([{ topic, partitions: this.partitions, replication: null, config: {} }]);
    await admin.close();
    return topic;
  }

  /** Writes records 0 to `count` − 1. */
  async fill(topic: string, count: number): Promise<void> {
    const publisher = this.#log.publisher();
    for (let from = 0; from < count; from += CHUNK) {
      const length = Math.min(CHUNK, count - from);
      await publisher.publish(Array.from({ length }, (_, i) => numberedRecord(topic, this.partitions, from + i)));
    }
    await publisher.close();
  }

  reader(topic: string): CommittedReader {
    return new CommittedReader(this.#log.source(), topic, this.partitions);
  }

  async delete(topics: readonly string[] = this.#made): Promise<void> {
    const admin = this.#log.admin();
    await admin.delete(topics);
    await admin.close();
  }
}
