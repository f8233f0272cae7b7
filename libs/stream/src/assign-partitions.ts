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
  /** `previous`, to look up. */
  readonly had: ReadonlySet<string>;
  readonly tasks: Task[];
  /** How many of `tasks` are of each group of topics. */
  readonly ofGroup: number[];
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
  const shares: readonly Share[] = [...members]
    .sort((a, b) => (a.memberId < b.memberId ? -1 : 1))
    .map((member) => ({
      member,
      had: new Set(member.previous.map(partitionKey)),
      tasks: [],
      ofGroup: inputs.map(() => 0),
    }));
  const groups = inputs.map((topics) => tasksOf(topics, partitionCounts));
  const most = Math.ceil(groups.flat().length / Math.max(1, shares.length));
  const homeless = groups.map((tasks, group) => keepWithOwners(tasks, group, shares, most));
  for (const [group, tasks] of homeless.entries())
    for (const task of tasks) give(task, group, leastLoaded(task, group, shares));
  return new Map(shares.map(({ member, tasks: own }) => [member.memberId, own.flat()]));
}

function tasksOf(topics: readonly string[], counts: ReadonlyMap<string, number>): readonly Task[] {
  const count = Math.max(0, ...topics.map((topic) => counts.get(topic) ?? 0));
  return Array.from({ length: count }, (_, partition) =>
    topics.filter((topic) => partition < (counts.get(topic) ?? 0)).map((topic) => ({ topic, partition })),
  );
}

/** @returns those that nobody keeps */
function keepWithOwners(
  tasks: readonly Task[],
  group: number,
  shares: readonly Share[],
  most: number,
): readonly Task[] {
  const mostOfGroup = Math.ceil(tasks.length / Math.max(1, shares.length));
  return tasks.filter((task) => {
    const wanted = task.map(partitionKey);
    const owner = shares.find(
      (share) =>
        wanted.every((key) => share.had.has(key)) &&
        share.tasks.length < most &&
        countOf(group, share) < mostOfGroup &&
        canTake(share.member, task),
    );
    give(task, group, owner);
    return owner === undefined;
  });
}

/** The first of those who have least. */
function leastLoaded(task: Task, group: number, shares: readonly Share[]): Share | undefined {
  let least: Share | undefined;
  for (const share of shares) if (canTake(share.member, task) && (!least || isLess(group, share, least))) least = share;
  return least;
}

function isLess(group: number, a: Share, b: Share): boolean {
  const difference = countOf(group, a) - countOf(group, b);
  return difference === 0 ? a.tasks.length < b.tasks.length : difference < 0;
}

function give(task: Task, group: number, share: Share | undefined): void {
  if (!share) return;
  share.tasks.push(task);
  share.ofGroup[group] = countOf(group, share) + 1;
}

function countOf(group: number, { ofGroup }: Share): number {
  return ofGroup[group] ?? 0;
}

function canTake(member: AssignedMember, task: Task): boolean {
  return task.every(({ topic }) => member.topics.includes(topic));
}
