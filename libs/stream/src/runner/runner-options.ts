import type { Clock } from '@millrace/core';
import type { TopicPartition } from '@millrace/records';

import type { Log } from '../ports/log.ts';
import type { RunnerObserver } from '../runner-observer.ts';
import type { Stage } from '../stage.ts';

/** Where a group starts that has never committed: the log's two ends, or a time (epoch milliseconds). */
export type StartFrom = 'earliest' | 'latest' | number;

export interface StageRunnerOptions {
  readonly stage: Stage;
  readonly log: Log;
  readonly groupId: string;
  readonly transactionalId: string;
  /** Default `exactly_once`. `at_least_once`: no transactions; after a failure outputs may come twice, with the same ids. */
  readonly delivery?: 'exactly_once' | 'at_least_once';
  /** Static membership; the member then keeps its partitions over a quick restart. */
  readonly instanceId?: string;
  /** Gives the partitions back at the end in spite of an instance id: this instance is not to come back. */
  readonly leave?: boolean;
  readonly clock: Clock;
  /** The compacted topic where a group notes that it has run; without it lost offsets go unnoticed. */
  readonly control?: string;
  readonly dlq: { readonly topic: string; readonly partitions: number };
  readonly observer?: RunnerObserver;
  readonly from?: StartFrom;
  /** What to do where the log no longer has the committed offset. Default `stop`. */
  readonly onOutOfRange?: 'stop' | 'earliest' | 'latest';
  readonly sessionTimeoutMs?: number;
  readonly transactionTimeoutMs?: number;
  readonly limits?: Partial<RunnerLimits>;
}

export interface RunnerLimits {
  /** Fetched and not yet taken, over all partitions. */
  readonly queuedBytes: number;
  /** One transaction. */
  readonly batchRecords: number;
  readonly batchBytes: number;
  /** Expected processing time of one transaction. */
  readonly batchMs: number;
  readonly fetchWaitMs: number;
}

export const DEFAULT_LIMITS: RunnerLimits = {
  queuedBytes: 16 << 20,
  batchRecords: 20_000,
  batchBytes: 8 << 20,
  batchMs: 500,
  fetchWaitMs: 100,
};

/** How far an input partition is behind. */
export interface PartitionLag extends TopicPartition {
  /** Records between what was handed over and the last stable offset. */
  readonly records: number;
  /** Timestamp of the oldest record that was fetched and is not committed; null: there is none. */
  readonly oldestMs: number | null;
}

export interface RunnerStatus {
  readonly joined: boolean;
  readonly assigned: number;
  readonly restoring: number;
  /** Since the latest acknowledged commit; null before the first. */
  readonly lastCommitAgeMs: number | null;
  /** Of all partitions together. */
  readonly lagRecords: number;
  readonly lags: readonly PartitionLag[];
}
