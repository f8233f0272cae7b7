import type { Plan } from '@millrace/pipeline';
import type { LogAdmin } from '@millrace/stream';

/** The scorers of one feature set: what they read, and their group. */
export interface ScorerSet {
  readonly topic: string;
  readonly group: string;
  readonly partitions: number;
}

/** Of every feature set that has topics: while one takes over from another, both score. */
export async function scorerSets({ name }: Plan, admin: LogAdmin): Promise<readonly ScorerSet[]> {
  const topics = (await admin.list()).filter((topic) => setOf(topic, name) !== null);
  const described = await admin.describe(topics);
  return [...described.values()].map(({ topic, partitions }) => ({
    topic,
    partitions,
    group: `${name}.scorer.${setOf(topic, name)}`,
  }));
}

/** The ids of all who score. */
export async function scorerMembers(sets: readonly ScorerSet[], admin: LogAdmin): Promise<readonly string[]> {
  return (await Promise.all(sets.map(({ group }) => admin.members(group)))).flat();
}

function setOf(topic: string, name: string): string | null {
  if (!topic.startsWith(`${name}.`)) return null;
  return /^\.([0-9a-f]{8})\.features$/.exec(topic.slice(name.length))?.[1] ?? null;
}
