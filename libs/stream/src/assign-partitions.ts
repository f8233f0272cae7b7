import { partitionKey, type TopicPartition } from '@millrace/records';

export interface AssignedMember {
  readonly memberId: string;
  /** What it subscribes to. */
  readonly topics: readonly string[];
  /** What it had before, as far as it knows. */
  readonly previous: readonly TopicPartition[];
}

type Task = readonly TopicPartition[];

interface Share {
  readonly member: AssignedMember;
  readonly tasks: Task[];
}

/**
 * Shares out partitions among the members of a group. Equal partitions of a group of topics are one task and stay
 * together; a task goes to who had it before unless that one has more than its share (sticky), else to who has least.
 * Each group of topics is shared out by itself: they differ in what they cost, so nobody may be left with all of the dearest.
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
  const groups = inputs.map((topics) => tasksOf(topics, partitionCounts));
  const most = Math.ceil(groups.flat().length / Math.max(1, shares.length));
  const homeless = groups.map((group) => keepWithOwners(group, shares, most));
  for (const [i, tasks] of homeless.entries())
    for (const task of tasks) leastLoaded(task, groups[i] ?? [], shares)?.tasks.push(task);
  return new Map(shares.map(({ member, tasks: own }) => [member.memberId, own.flat()]));
}

function tasksOf(topics: readonly string[], counts: ReadonlyMap<string, number>): readonly Task[] {
  const count = Math.max(0, ...topics.map((topic) => counts.get(topic) ?? 0));
  return Array.from({ length: count }, (_, partition) =>
    topics.filter((topic) => partition < (counts.get(topic) ?? 0)).map((topic) => ({ topic, partition })),
  );
}

/** @returns those that nobody keeps */
function keepWithOwners(group: readonly Task[], shares: readonly Share[], most: number): readonly Task[] {
  const mostOfGroup = Math.ceil(group.length / Math.max(1, shares.length));
  return group.filter((task) => {
    const wanted = task.map(partitionKey);
    const owner = shares.find((share) => {
      const had = new Set(share.member.previous.map(partitionKey));
      const hasRoom = share.tasks.length < most && countOf(group, share) < mostOfGroup;
      return hasRoom && canTake(share.member, task) && wanted.every((key) => had.has(key));
    });
    owner?.tasks.push(task);
    return owner === undefined;
  });
}

function leastLoaded(task: Task, group: readonly Task[], shares: readonly Share[]): Share | undefined {
  const able = shares.filter(({ member }) => canTake(member, task));
  const [least] = able.toSorted((a, b) => countOf(group, a) - countOf(group, b) || a.tasks.length - b.tasks.length);
  return least;
}

function countOf(group: readonly Task[], { tasks }: Share): number {
  return tasks.filter((task) => group.includes(task)).length;
}

function canTake(member: AssignedMember, task: Task): boolean {
  return task.every(({ topic }) => member.topics.includes(topic));
}
