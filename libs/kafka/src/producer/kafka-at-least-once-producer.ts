import type { AppError } from '@millrace/core';
import type { OutboundRecord } from '@millrace/records';
import type { CommitPosition, GroupIdentity, TransactionalProducer } from '@millrace/stream';

import type { ConnectionSettings } from '../cluster/connection-settings.ts';
import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { logError } from '../cluster/log-error.ts';
import { byTopic } from '../requests/by-topic.ts';
import { offsetCommitRequest } from '../requests/offset-commit.ts';
import { IdempotentSender } from './idempotent-sender.ts';
import { retryWhilePassing } from './retry-while-passing.ts';

/**
 * Records first, acknowledged by all in-sync replicas, then the positions, as this member of this generation: what is
 * between the two when something fails is written again by whoever goes on.
 */
export class KafkaAtLeastOnceProducer implements TransactionalProducer {
  readonly #settings: ConnectionSettings;
  readonly #cluster: KafkaCluster;
  readonly #sender: IdempotentSender;

  constructor(settings: ConnectionSettings, cluster: KafkaCluster) {
    this.#settings = settings;
    this.#cluster = cluster;
    this.#sender = new IdempotentSender(settings, cluster);
  }

  /** There is nobody to fence: the group refuses the positions of an old generation. */
  async init(): Promise<void> {}

  async commit(
    records: readonly OutboundRecord[],
    positions: readonly CommitPosition[],
    group: GroupIdentity,
  ): Promise<void> {
    for (const [, ofTopic] of byTopic(records)) {
      const [refused] = (await this.#sender.send(ofTopic)).values();
      if (refused) throw refused;
    }
    if (positions.length === 0) return;
    const request = offsetCommitRequest(positions, group);
    const ask = () => this.#cluster.sendToCoordinator('group', group.groupId, 'group', request);
    try {
      await retryWhilePassing(this.#settings.clock, ask);
    } catch (error) {
      throw this.#failed(error, group);
    }
  }

  async close(): Promise<void> {
    this.#cluster.close();
  }

  #failed(error: unknown, { groupId }: GroupIdentity): AppError {
    const failure = logError(error, `committing the positions of group ${groupId}`);
    if (failure.class === 'retry') this.#cluster.forget();
    return failure;
  }
}
