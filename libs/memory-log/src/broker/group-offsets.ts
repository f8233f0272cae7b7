import { partitionKey, type TopicPartition } from '@millrace/records';
import type { CommitPosition, CommittedPosition } from '@millrace/stream';

import { BrokerRefusal } from './broker-refusal.ts';

/** What a group has committed, and what transactions that are still open are about to. */
export class GroupOffsets {
  readonly #committed = new Map<string, CommittedPosition>();
  /** By transactional id. */
  readonly #pending = new Map<string, readonly CommitPosition[]>();

  pend(writer: string, positions: readonly CommitPosition[]): void {
    this.#pending.set(writer, [...(this.#pending.get(writer) ?? []), ...positions]);
  }

  /** @returns the positions that are committed now */
  end(writer: string, committed: boolean): readonly CommitPosition[] {
    const positions = committed ? (this.#pending.get(writer) ?? []) : [];
    this.#pending.delete(writer);
    for (const position of positions)
      this.#committed.set(partitionKey(position), { offset: position.offset, metadata: position.metadata });
    return positions;
  }

  /**
   * By `partitionKey`; null where nothing was ever committed.
   *
   * @throws BrokerRefusal `UNSTABLE_OFFSET_COMMIT` while a transaction is open that may change one of them
   */
  stable(partitions: readonly TopicPartition[]): ReadonlyMap<string, CommittedPosition | null> {
    const keys = new Set(partitions.map(partitionKey));
    for (const [writer, positions] of this.#pending) {
      if (positions.some((position) => keys.has(partitionKey(position))))
        throw new BrokerRefusal('UNSTABLE_OFFSET_COMMIT', `a transaction of ${writer} is still open`);
    }
    return new Map([...keys].map((key) => [key, this.#committed.get(key) ?? null]));
  }
}
