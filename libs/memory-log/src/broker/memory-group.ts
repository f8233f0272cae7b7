import type { TopicPartition } from '@millrace/records';
import { assignPartitions, type Assignment, type GroupIdentity } from '@millrace/stream';

import { BrokerRefusal } from './broker-refusal.ts';
import type { JoinRequest, MemberRecord } from './group-member-record.ts';
import { GroupOffsets } from './group-offsets.ts';

export interface MemoryGroupOptions {
  readonly groupId: string;
  readonly partitionCount: (topic: string) => number;
  /** `Clock.elapsed()` of the broker. */
  readonly nowMs: () => number;
  /** Something is due then: `expire`. */
  readonly onDeadline: (atMs: number) => void;
}

/**
 * A consumer group by Kafka's classic protocol: who is in it, in which generation, what it has committed. A rebalance
 * begins when somebody joins, leaves or falls silent, and ends when all have joined again, or after the longest of their
 * rebalance time-outs without those who have not. The assignment is made here, in the same step.
 */
export class MemoryGroup {
  readonly offsets = new GroupOffsets();
  readonly #options: MemoryGroupOptions;
  readonly #members = new Map<string, MemberRecord>();
  /** Member id by instance id. */
  readonly #instances = new Map<string, string>();
  /** Handed out and not used yet (KIP-394). */
  readonly #issued = new Set<string>();
  #generation = 0;
  /** When the rebalance under way ends without those who have not joined; null: there is none. */
  #rebalanceEndsMs: number | null = null;
  #nextId = 0;

  constructor(options: MemoryGroupOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  get memberIds(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** For a member without an instance id, before it joins. */
  issueMemberId(): string {
    const id = `${this.#options.groupId}-${++this.#nextId}`;
    this.#issued.add(id);
    return id;
  }

  /** Resolves when every member has asked to join the next generation, at once where nothing changes. */
  async join(request: JoinRequest): Promise<Assignment> {
    const { instanceId } = request;
    const before = instanceId === null ? undefined : this.#instances.get(instanceId);
    if (before !== undefined && request.memberId === '')
      return this.#replace(this.#members.get(before) as MemberRecord, request);
    if (before !== undefined) this.#assertInstance(request.memberId, instanceId);
    const member = this.#admit(request);
    const unchanged =
      this.#rebalanceEndsMs === null && member.partitions.length > 0 && sameAsBefore(member.request, request);
    member.request = request;
    if (unchanged && !this.#leads(member)) return this.#assignmentOf(member);
    return this.#await(member);
  }

  /** @throws BrokerRefusal while a rebalance is under way, too; the session goes on all the same */
  heartbeat(identity: GroupIdentity): void {
    this.assertCurrent(identity);
    const member = this.#members.get(identity.memberId) as MemberRecord;
    member.deadlineMs = this.#options.nowMs() + member.request.sessionTimeoutMs;
    if (this.#rebalanceEndsMs !== null)
      throw new BrokerRefusal('REBALANCE_IN_PROGRESS', `${this.#options.groupId} has a new member or lost one`);
  }

  /** @throws BrokerRefusal for whoever is not a member of this generation */
  assertCurrent({ memberId, instanceId, generation }: GroupIdentity): void {
    this.#assertInstance(memberId, instanceId);
    const { groupId } = this.#options;
    if (!this.#members.has(memberId)) throw new BrokerRefusal('UNKNOWN_MEMBER_ID', `${memberId} is not in ${groupId}`);
    if (generation !== this.#generation)
      throw new BrokerRefusal('ILLEGAL_GENERATION', `generation ${generation} of ${groupId}, now ${this.#generation}`);
  }

  leave(memberId: string, instanceId: string | null): void {
    this.#assertInstance(memberId, instanceId);
    const member = this.#members.get(memberId);
    if (member) this.#remove([member]);
  }

  /** Ends sessions and a rebalance that have lasted for too long. @returns the next deadline; null: nothing is due */
  expire(): number | null {
    const now = this.#options.nowMs();
    this.#remove([...this.#members.values()].filter(({ awaiting, deadlineMs }) => !awaiting && deadlineMs <= now));
    if (this.#rebalanceEndsMs !== null && this.#rebalanceEndsMs <= now) this.#complete();
    const deadlines = [...this.#members.values()].flatMap(({ awaiting, deadlineMs }) => (awaiting ? [] : [deadlineMs]));
    const next = Math.min(...deadlines, this.#rebalanceEndsMs ?? Infinity);
    return next === Infinity ? null : next;
  }

  #assertInstance(memberId: string, instanceId: string | null): void {
    const current = instanceId === null ? undefined : this.#instances.get(instanceId);
    if (current !== undefined && current !== memberId)
      throw new BrokerRefusal('FENCED_INSTANCE_ID', `${instanceId} is ${current} now, not ${memberId}`);
  }

  #admit(request: JoinRequest): MemberRecord {
    const found = this.#members.get(request.memberId);
    if (found) return found;
    const { memberId, instanceId } = request;
    if (instanceId === null && !this.#issued.delete(memberId))
      throw new BrokerRefusal('UNKNOWN_MEMBER_ID', `${memberId} is not in ${this.#options.groupId}`);
    if (instanceId !== null && memberId !== '')
      throw new BrokerRefusal('UNKNOWN_MEMBER_ID', `${memberId} is not in ${this.#options.groupId}`);
    return this.#add(request, []);
  }

  #add(request: JoinRequest, partitions: readonly TopicPartition[]): MemberRecord {
    const id = request.instanceId === null ? request.memberId : `${request.instanceId}-${++this.#nextId}`;
    const member: MemberRecord = { id, request, partitions, deadlineMs: this.#sessionEnd(request), awaiting: null };
    this.#members.set(id, member);
    if (request.instanceId !== null) this.#instances.set(request.instanceId, id);
    return member;
  }

  /** A new process of a static member takes its place; where nothing else changes, nobody notices (KIP-345). */
  async #replace(old: MemberRecord, request: JoinRequest): Promise<Assignment> {
    this.#members.delete(old.id);
    old.awaiting?.reject(
      new BrokerRefusal('FENCED_INSTANCE_ID', `another process has joined as ${request.instanceId}`),
    );
    const member = this.#add(request, old.partitions);
    if (this.#rebalanceEndsMs !== null || !sameTopics(old.request, request)) return this.#await(member);
    this.#options.onDeadline(member.deadlineMs);
    return this.#assignmentOf(member);
  }

  #await(member: MemberRecord): Promise<Assignment> {
    const awaiting = Promise.withResolvers<Assignment>();
    member.awaiting = awaiting;
    this.#rebalance();
    this.#completeIfAllWait();
    return awaiting.promise;
  }

  #rebalance(): void {
    if (this.#rebalanceEndsMs !== null || this.#members.size === 0) return;
    const timeouts = [...this.#members.values()].map(({ request }) => request.rebalanceTimeoutMs);
    this.#rebalanceEndsMs = this.#options.nowMs() + Math.max(...timeouts);
    this.#options.onDeadline(this.#rebalanceEndsMs);
  }

  #remove(gone: readonly MemberRecord[]): void {
    if (gone.length === 0) return;
    for (const { id, request, awaiting } of gone) {
      this.#members.delete(id);
      if (request.instanceId !== null) this.#instances.delete(request.instanceId);
      awaiting?.reject(new BrokerRefusal('UNKNOWN_MEMBER_ID', `${id} has left`));
    }
    this.#rebalance();
    this.#completeIfAllWait();
  }

  #completeIfAllWait(): void {
    if (this.#rebalanceEndsMs !== null && [...this.#members.values()].every(({ awaiting }) => awaiting))
      this.#complete();
  }

  /** The next generation: without dynamic members that have not joined again; static ones have until their sessions end. */
  #complete(): void {
    this.#rebalanceEndsMs = null;
    for (const { id, request, awaiting } of this.#members.values())
      if (!awaiting && request.instanceId === null) this.#members.delete(id);
    this.#generation++;
    const members = [...this.#members.values()];
    const shares = this.#assign(members);
    for (const member of members) member.partitions = shares.get(member.id) ?? [];
    for (const member of members) this.#hand(member);
  }

  #hand(member: MemberRecord): void {
    if (!member.awaiting) return;
    member.deadlineMs = this.#sessionEnd(member.request);
    this.#options.onDeadline(member.deadlineMs);
    member.awaiting.resolve(this.#assignmentOf(member));
    member.awaiting = null;
  }

  #assign(members: readonly MemberRecord[]): ReadonlyMap<string, readonly TopicPartition[]> {
    const [first] = members;
    if (!first) return new Map();
    const { inputs } = first.request;
    const counts = new Map(inputs.flat().map((topic) => [topic, this.#options.partitionCount(topic)]));
    const asked = members.map(({ id, request }) => ({
      memberId: id,
      topics: request.inputs.flat(),
      previous: request.owned,
    }));
    return assignPartitions(inputs, counts, asked);
  }

  #assignmentOf({ id, request, partitions }: MemberRecord): Assignment {
    const { groupId } = this.#options;
    return {
      identity: { groupId, generation: this.#generation, memberId: id, instanceId: request.instanceId },
      partitions,
    };
  }

  #sessionEnd({ sessionTimeoutMs }: JoinRequest): number {
    return this.#options.nowMs() + sessionTimeoutMs;
  }

  /** Whoever has been in the group for longest leads it, and has everyone join again when it joins again. */
  #leads(member: MemberRecord): boolean {
    const [leader] = this.#members.values();
    return leader === member;
  }
}

function sameTopics(a: JoinRequest, b: JoinRequest): boolean {
  return a.inputs.flat().join() === b.inputs.flat().join();
}

/** Word for word, as the broker compares: what it had, too. */
function sameAsBefore(a: JoinRequest, b: JoinRequest): boolean {
  const owned = ({ owned }: JoinRequest): string => owned.map(({ topic, partition }) => `${topic}/${partition}`).join();
  return sameTopics(a, b) && owned(a) === owned(b);
}
