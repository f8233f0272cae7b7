import type { TopicPartition } from '@millrace/records';

import type { CommittedPosition } from './group-member.ts';

export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  /** Null: the broker's default. */
  readonly replication: number | null;
  /** `retention.ms`, `cleanup.policy`, … */
  readonly config: Readonly<Record<string, string>>;
}

export interface TopicDescription {
  readonly topic: string;
  readonly partitions: number;
  /** Of the partition that has the fewest. */
  readonly replicas: number;
  readonly config: Readonly<Record<string, string>>;
}

/** What a user may be granted, in Kafka's words. */
export type Operation = 'Read' | 'Write' | 'Describe' | 'DescribeConfigs';

export interface Right {
  readonly kind: 'topic' | 'group';
  readonly name: string;
  readonly operation: Operation;
}

/** What the brokers say of themselves. */
export interface BrokersFound {
  /** What is asked of brokers and one of them does not speak, in words; empty where all can be asked. */
  readonly unspoken: readonly string[];
  /** Addresses of those that the cluster lists and that do not answer. */
  readonly silent: readonly string[];
}

export interface LogAdmin {
  /** Of every broker: one may be down, and the others go on. */
  brokers(): Promise<BrokersFound>;
  /** Those of the topics that exist, by name. */
  describe(topics: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>>;
  /** All topics' names. */
  list(): Promise<readonly string[]>;
  /** Creates what does not exist yet and waits until every partition has a leader. */
  create(specs: readonly TopicSpec[]): Promise<void>;
  /** Deletes what exists and waits until it is gone. */
  delete(topics: readonly string[]): Promise<void>;
  /** A group's committed positions without being in it, by `partitionKey`; null where nothing was committed. */
  committed(
    groupId: string,
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<string, CommittedPosition | null>>;
  /** The ids of those who are in a group; empty where there is no such group. */
  members(groupId: string): Promise<readonly string[]>;
  /**
   * Forgets a group with all that it has committed. Nothing happens where there is none.
   *
   * @returns false where somebody is in it: then it stays
   */
  deleteGroup(groupId: string): Promise<boolean>;
  /** Those of the rights that the user does not have. Of a topic that does not exist yet nothing is known. */
  missing(rights: readonly Right[]): Promise<readonly Right[]>;
  close(): Promise<void>;
}
