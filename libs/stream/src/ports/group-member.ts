import type { AppError } from '@millrace/core';
import type { TopicPartition } from '@millrace/records';

export interface MemberOptions {
  readonly groupId: string;
  /** Topics to share out, grouped as in `Stage.inputs`: equal partitions of a group go to the same member. */
  readonly inputs: readonly (readonly string[])[];
  /** Static membership (`group.instance.id`). */
  readonly instanceId?: string;
  readonly sessionTimeoutMs: number;
  /** The group moved on, or the session was lost: `join` again. May be called more than once. */
  readonly onRebalance: (reason: AppError) => void;
}

/** What fences a zombie: goes with every transactional commit (KIP-447). */
export interface GroupIdentity {
  readonly groupId: string;
  readonly generation: number;
  readonly memberId: string;
  readonly instanceId: string | null;
}

/** Of a tool that is in no group: for transactions without positions, which are fenced by the producer alone. */
export const NO_GROUP: GroupIdentity = { groupId: '', generation: -1, memberId: '', instanceId: null };

export interface Assignment {
  readonly identity: GroupIdentity;
  readonly partitions: readonly TopicPartition[];
}

export interface CommittedPosition {
  readonly offset: number;
  /** The marker. */
  readonly metadata: string | null;
}

/** One member of a consumer group. From the first `join` on it sends heartbeats by itself. */
export interface GroupMember {
  /** Joins, or joins again, and waits for the assignment. */
  join(): Promise<Assignment>;
  /**
   * Committed positions, stable: waits while a transaction's commit is pending. By `partitionKey`; null where nothing
   * was ever committed.
   */
  committed(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, CommittedPosition | null>>;
  /** Gives the partitions back at once. A static member may just `close` and come back. */
  leave(): Promise<void>;
  /** Stops the heartbeats and the connections without a word to the group. */
  close(): Promise<void>;
}
