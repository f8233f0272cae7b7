import { AppError } from '@millrace/core';
import type { TopicPartition } from '@millrace/records';
import {
  assignPartitions,
  type Assignment,
  type CommittedPosition,
  type GroupIdentity,
  type MemberOptions,
} from '@millrace/stream';

interface Member {
  readonly id: string;
  readonly options: MemberOptions;
  previous: readonly TopicPartition[];
  waiting: ((assignment: Assignment) => void) | null;
}

/** A consumer group: who is in it, in which generation, and what it has committed. */
export class MemoryGroup {
  readonly #groupId: string;
  readonly #partitionCount: (topic: string) => number;
  readonly #members = new Map<string, Member>();
  readonly committed = new Map<string, CommittedPosition>();
  #generation = 0;
  #nextId = 0;

  constructor(groupId: string, partitionCount: (topic: string) => number) {
    this.#groupId = groupId;
    this.#partitionCount = partitionCount;
  }

  newMemberId(): string {
    return `${this.#groupId}-${++this.#nextId}`;
  }

  /** Resolves when every member has asked to join the next generation. */
  join(id: string, options: MemberOptions): Promise<Assignment> {
    const member = this.#members.get(id) ?? { id, options, previous: [], waiting: null };
    this.#members.set(id, member);
    return new Promise((resolve) => {
      member.waiting = resolve;
      this.#askOthers(id);
      this.#completeIfAllWait();
    });
  }

  leave(id: string): void {
    if (!this.#members.delete(id)) return;
    this.#askOthers(id);
    this.#completeIfAllWait();
  }

  /** @throws AppError `REBALANCED` for a member of an old generation */
  assertCurrent(identity: GroupIdentity): void {
    if (identity.generation === this.#generation && this.#members.has(identity.memberId)) return;
    throw new AppError('REBALANCED', `generation ${identity.generation} of ${this.#groupId}, now ${this.#generation}`);
  }

  #askOthers(id: string): void {
    const reason = new AppError('REBALANCED', `${this.#groupId} has a new member or lost one`);
    for (const member of this.#members.values())
      if (member.id !== id && !member.waiting) member.options.onRebalance(reason);
  }

  #completeIfAllWait(): void {
    const members = [...this.#members.values()];
    if (members.length === 0 || members.some((member) => !member.waiting)) return;
    this.#generation++;
    const shares = this.#assign(members);
    for (const member of members) this.#hand(member, shares.get(member.id) ?? []);
  }

  #assign(members: readonly Member[]): ReadonlyMap<string, readonly TopicPartition[]> {
    const inputs = (members[0] as Member).options.inputs;
    const counts = new Map(inputs.flat().map((topic) => [topic, this.#partitionCount(topic)]));
    const asked = members.map(({ id, options, previous }) => ({
      memberId: id,
      topics: options.inputs.flat(),
      previous,
    }));
    return assignPartitions(inputs, counts, asked);
  }

  #hand(member: Member, partitions: readonly TopicPartition[]): void {
    member.previous = partitions;
    const { instanceId } = member.options;
    const identity = {
      groupId: this.#groupId,
      generation: this.#generation,
      memberId: member.id,
      instanceId: instanceId ?? null,
    };
    member.waiting?.({ identity, partitions });
    member.waiting = null;
  }
}
