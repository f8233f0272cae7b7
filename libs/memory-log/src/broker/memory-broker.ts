import type { Clock } from '@millrace/core';
import { partitionKey, type OutboundRecord, type TopicPartition } from '@millrace/records';
import { decodeMarker, type CommitPosition, type GroupIdentity } from '@millrace/stream';

import { DeadlineWatch } from './deadline-watch.ts';
import { MemoryGroup } from './memory-group.ts';
import { MemoryTopics } from './memory-topics.ts';
import { MemoryTransactions, type Participant, type ProducerIdentity, type TellEnd } from './memory-transactions.ts';

export interface MemoryBrokerOptions {
  /** The broker's own: sessions, transactions and the timestamps of topics that it stamps go by it. */
  readonly clock: Clock;
  /** Topics of which only what a marker still needs is kept. */
  readonly trims?: (topic: string) => boolean;
  /** Simulations: how the end of a transaction comes to its partitions and groups. Default: at once. */
  readonly tellEnd?: TellEnd;
  /** Simulations: told of positions when they are committed. */
  readonly onCommitted?: (groupId: string, positions: readonly CommitPosition[]) => void;
}

/**
 * What all clients of a log share, request by request as Kafka's brokers take them: topics, groups, transactions. It
 * answers at once; whether and when a request or an answer arrives is its clients' business.
 */
export class MemoryBroker {
  readonly topics: MemoryTopics;
  readonly transactions: MemoryTransactions;
  readonly #options: MemoryBrokerOptions;
  readonly #groups = new Map<string, MemoryGroup>();
  readonly #deadlines: DeadlineWatch;

  constructor(options: MemoryBrokerOptions) {
    const { clock, tellEnd = (_, tell) => tell() } = options;
    this.#options = options;
    this.topics = new MemoryTopics(clock);
    this.#deadlines = new DeadlineWatch(clock, (nowMs) => this.#expire(nowMs));
    this.transactions = new MemoryTransactions(tellEnd, (atMs) => this.#deadlines.by(atMs));
  }

  group(groupId: string): MemoryGroup {
    const found = this.#groups.get(groupId);
    if (found) return found;
    const group = new MemoryGroup({
      groupId,
      partitionCount: (topic) => this.topics.spec(topic)?.partitions ?? 0,
      nowMs: () => this.#options.clock.elapsed(),
      onDeadline: (atMs) => this.#deadlines.by(atMs),
    });
    this.#groups.set(groupId, group);
    return group;
  }

  /** @returns false where it has members */
  deleteGroup(groupId: string): boolean {
    if (this.#groups.get(groupId)?.isEmpty === false) return false;
    this.#groups.delete(groupId);
    return true;
  }

  addPartitions(producer: ProducerIdentity, partitions: readonly TopicPartition[]): void {
    const participants = partitions.map((at): Participant => {
      const partition = this.topics.partition(at);
      return { name: partitionKey(at), end: (writer, committed) => partition.end(writer, committed) };
    });
    this.transactions.add(producer, participants, this.#options.clock.elapsed());
  }

  /** @throws AppError `RECORD_REFUSED`, and then nothing is written */
  produce(producer: ProducerIdentity, records: readonly OutboundRecord[]): void {
    this.transactions.assertTakesPart(producer, new Set(records.map(partitionKey)));
    this.topics.check(records);
    this.topics.append(records, producer.transactionalId);
  }

  addOffsets(producer: ProducerIdentity, groupId: string): void {
    const end = (writer: string, committed: boolean): void => this.#endOffsets(groupId, writer, committed);
    this.transactions.add(producer, [{ name: groupId, end }], this.#options.clock.elapsed());
  }

  commitOffsets(producer: ProducerIdentity, identity: GroupIdentity, positions: readonly CommitPosition[]): void {
    const group = this.group(identity.groupId);
    group.assertCurrent(identity);
    this.transactions.assertTakesPart(producer, [identity.groupId]);
    group.offsets.pend(producer.transactionalId, positions);
  }

  /** Outside a transaction. */
  commitPlainOffsets(identity: GroupIdentity, positions: readonly CommitPosition[]): void {
    const group = this.group(identity.groupId);
    group.assertCurrent(identity);
    group.offsets.pend(identity.memberId, positions);
    this.#endOffsets(identity.groupId, identity.memberId, true);
  }

  publish(records: readonly OutboundRecord[]): void {
    this.topics.check(records);
    this.topics.append(records, null);
  }

  close(): void {
    this.#deadlines.close();
  }

  #endOffsets(groupId: string, writer: string, committed: boolean): void {
    const positions = this.group(groupId).offsets.end(writer, committed);
    this.#options.onCommitted?.(groupId, positions);
    for (const position of positions) {
      if (this.#options.trims?.(position.topic))
        this.topics.partition(position).trim(decodeMarker(position.metadata)?.keepFrom ?? 0);
    }
  }

  #expire(nowMs: number): number | null {
    const deadlines = [this.transactions.expire(nowMs), ...[...this.#groups.values()].map((group) => group.expire())];
    const known = deadlines.filter((deadline) => deadline !== null);
    return known.length === 0 ? null : Math.min(...known);
  }
}
