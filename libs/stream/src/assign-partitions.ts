import { partitionKey, type TopicPartition } from '@millrace/records';

export interface AssignedMember {
  readonly memberId: string;
  /** What it subscribes to. */
  readonly topics: readonly string[];
  /** What it had before, as far as it knows. */
  readonly previous: readonly TopicPartition[];
}

interface Share {
  readonly member: AssignedMember;
  readonly tasks: (readonly TopicPartition[])[];
}

/**
 * Shares out partitions among the members of a group. Equal partitions of a group of topics are one task and stay
 * together; a task goes to who had it before unless that one has more than its share (sticky), else to who has least.
 * Depends on nothing but its arguments, so that whoever leads the group comes to the same answer.
 *
 * ```
 * inputs [['scored', 'outcomes']], 4 partitions, members a (had 0, 1) and b (new)
 * → a: scored/0 outcomes/0 scored/1 outcomes/1   b: scored/2 outcomes/2 scored/3 outcomes/3
 * ```
 */
export function assignPartitions(
  inputs: readonly (readonly string[])[],
  partitionCounts: ReadonlyMap<string, number>,
  members: readonly AssignedMember[],
): ReadonlyMap<string, readonly TopicPartition[]> {
  const shares: Share[] = [...members]
    .sort((a, b) => (a.memberId < b.memberId ? -1 : 1))
    .map((member) => ({ member, tasks: [] }));
  const tasks = inputs.flatMap((topics) => tasksOf(topics, partitionCounts));
  const most = Math.ceil(tasks.length / Math.max(1, shares.length));
  const homeless = tasks.filter((task) => !keepWithOwner(task, shares, most));
  for (const task of homeless) leastLoaded(task, shares)?.tasks.push(task);
  return new Map(shares.map(({ member, tasks: own }) => [member.memberId, own.flat()]));
}

function tasksOf(
  topics: readonly string[],
  counts: ReadonlyMap<string, number>,
): readonly (readonly TopicPartition[])[] {
  const count = Math.max(0, ...topics.map((topic) => counts.get(topic) ?? 0));
  return Array.from({ length: count }, (_, partition) =>
    topics.filter((topic) => partition < (counts.get(topic) ?? 0)).map((topic) => ({ topic, partition })),
  );
}

function keepWithOwner(task: readonly TopicPartition[], shares: readonly Share[], most: number): boolean {
  const wanted = task.map(partitionKey);
  const owner = shares.find(({ member, tasks }) => {
    const had = new Set(member.previous.map(partitionKey));
    return tasks.length < most && canTake(member, task) && wanted.every((key) => had.has(key));
  });
  owner?.tasks.push(task);
  return owner !== undefined;
}

function leastLoaded(task: readonly TopicPartition[], shares: readonly Share[]): Share | undefined {
  const able = shares.filter(({ member }) => canTake(member, task));
  return able.reduce<Share | undefined>(
    (best, share) => (best && best.tasks.length <= share.tasks.length ? best : share),
    undefined,
  );
}

function canTake(member: AssignedMember, task: readonly TopicPartition[]): boolean {
  return task.every(({ topic }) => member.topics.includes(topic));
}
