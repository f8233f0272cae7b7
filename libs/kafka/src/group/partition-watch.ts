import { AppError, type Clock } from '@millrace/core';

import type { KafkaCluster } from '../cluster/kafka-cluster.ts';

export interface PartitionWatchOptions {
  readonly cluster: KafkaCluster;
  readonly clock: Clock;
  /** How long a look at the topics is good for. */
  readonly maxAgeMs: number;
  /** A topic has more partitions than were shared out. Once. */
  readonly onGrown: (reason: AppError) => void;
}

/**
 * Looks now and then whether topics have grown since the group shared their partitions out. Every member looks: the
 * group shares out anew when its leader joins again, and a static member that was restarted does not know that it leads
 * (KIP-814); if another joins again, nothing happens.
 */
export class PartitionWatch {
  readonly #options: PartitionWatchOptions;
  readonly #counts: ReadonlyMap<string, number>;
  readonly #stopped = new AbortController();

  /** @param counts partitions by topic, as they were shared out */
  constructor(counts: ReadonlyMap<string, number>, options: PartitionWatchOptions) {
    this.#counts = counts;
    this.#options = options;
    if (counts.size > 0) void this.#run();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    const { clock, maxAgeMs, onGrown } = this.#options;
    for (;;) {
      await clock.sleep(maxAgeMs, this.#stopped.signal);
      if (this.#stopped.signal.aborted) return;
      const grown = await this.#grown();
      if (this.#stopped.signal.aborted) return;
      if (grown) return onGrown(new AppError('REBALANCED', grown));
    }
  }

  /** Without an answer nothing is known, and the next look may have one: heartbeats say when the log is gone. */
  async #grown(): Promise<string | null> {
    const found = await this.#options.cluster.describe([...this.#counts.keys()]).catch(() => null);
    for (const { topic, leaders } of found?.topics ?? []) {
      const shared = this.#counts.get(topic) ?? leaders.length;
      if (leaders.length > shared) return `topic ${topic} has ${leaders.length} partitions, and had ${shared}`;
    }
    return null;
  }
}
