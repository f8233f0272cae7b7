import type { OutboundRecord, TopicPartition } from '@millrace/records';

import type { GroupIdentity } from './group-member.ts';

export interface TransactionalProducerOptions {
  readonly transactionalId: string;
  readonly timeoutMs: number;
}

export interface CommitPosition extends TopicPartition {
  readonly offset: number;
  readonly metadata: string;
}

/** One transaction after the other under one transactional id. After any error from `commit`, drop it and take a new one. */
export interface TransactionalProducer {
  /** Fences every earlier producer of this id, and ends its open transaction. */
  init(): Promise<void>;
  /**
   * One whole transaction: begin, send the records and the positions, commit. Returns when the commit is acknowledged;
   * when it throws, nothing of it is in flight any more, and whether it committed is not known.
   */
  commit(records: readonly OutboundRecord[], positions: readonly CommitPosition[], group: GroupIdentity): Promise<void>;
  close(): Promise<void>;
}
