import { randomUUID } from 'node:crypto';

import type { Log } from '../ports/log.ts';

/** Topics and groups with names of their own, deleted at the end. */
export class TestTopics {
  readonly #log: Log;
  readonly #made: string[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  async create(partitions: number, config: Readonly<Record<string, string>> = {}): Promise<string> {
    const topic = `t-${randomUUID()}`;
    this.#made.push(topic);
    const admin = this.#log.admin();
    await admin.create([{ topic, partitions, replication: null, config }]);
    await admin.close();
    return topic;
  }

  /** A name for a group or a transactional id. */
  group(): string {
    return `g-${randomUUID()}`;
  }

  async delete(): Promise<void> {
    const admin = this.#log.admin();
    await admin.delete(this.#made.splice(0));
    await admin.close();
  }
}
