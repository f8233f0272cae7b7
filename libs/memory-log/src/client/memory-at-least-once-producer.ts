import type { OutboundRecord } from '@millrace/records';
import type { CommitPosition, GroupIdentity, TransactionalProducer } from '@millrace/stream';

import type { Faults } from '../faults.ts';
import type { MemoryClient } from './memory-client.ts';
import { retryRefused } from './retry-refused.ts';

const WAITS = { NOT_COORDINATOR: 50 };
const LIMIT_MS = 10_000;

/** Records first, topic by topic, then the positions, as the Kafka adapter sends them. */
export class MemoryAtLeastOnceProducer implements TransactionalProducer {
  readonly #client: MemoryClient;
  readonly #faults: Faults;

  constructor(client: MemoryClient, faults: Faults) {
    this.#client = client;
    this.#faults = faults;
  }

  async init(): Promise<void> {}

  async commit(
    records: readonly OutboundRecord[],
    positions: readonly CommitPosition[],
    group: GroupIdentity,
  ): Promise<void> {
    const { broker, carry, clock } = this.#client;
    for (const ofTopic of Map.groupBy(records, ({ topic }) => topic).values())
      await carry('publish', () => broker.publish(ofTopic));
    await this.#faults('before-positions', group.groupId);
    const commit = () => carry('commit-offsets', () => broker.commitPlainOffsets(group, positions));
    if (positions.length > 0) await retryRefused(clock, commit, WAITS, LIMIT_MS);
  }

  async close(): Promise<void> {}
}
