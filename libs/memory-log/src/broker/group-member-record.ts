import type { TopicPartition } from '@millrace/records';
import type { Assignment } from '@millrace/stream';

/** What a member says when it joins. */
export interface JoinRequest {
  /** Empty: a static member's process that has just started. */
  readonly memberId: string;
  readonly instanceId: string | null;
  /** Topics, grouped as in `Stage.inputs`. */
  readonly inputs: readonly (readonly string[])[];
  /** What it had before this rebalance. */
  readonly owned: readonly TopicPartition[];
  readonly sessionTimeoutMs: number;
  /** How long the others wait for it to join again while its heartbeats come. */
  readonly rebalanceTimeoutMs: number;
}

/** A member as the coordinator knows it. */
export interface MemberRecord {
  readonly id: string;
  request: JoinRequest;
  partitions: readonly TopicPartition[];
  /** `Clock.elapsed()` at which its session ends. */
  deadlineMs: number;
  /** Waits for the others to join; meanwhile its session does not end. */
  awaiting: PromiseWithResolvers<Assignment> | null;
}
