import { AppError } from '@millrace/core';
import type { PlannedTopic } from '@millrace/pipeline';
import type { LogAdmin, TopicDescription } from '@millrace/stream';

/**
 * Settings on which an existing topic must agree; any other is the operator's business. `least` ones may be larger.
 */
const CHECKED: Readonly<Record<string, 'equal' | 'least'>> = {
  'cleanup.policy': 'equal',
  'message.timestamp.type': 'equal',
  'retention.ms': 'least',
  'max.message.bytes': 'least',
};

export interface EnsureTopicsOptions {
  /** Topics whose number of partitions is the users' business (`<p>.events`), and how many that may be. */
  readonly anyPartitions: ReadonlyMap<string, number>;
}

/**
 * Creates the topics that do not exist and checks those that do.
 *
 * @throws AppError `TOPIC_MISMATCH`, naming every topic that does not fit, what was found and what is needed
 */
export async function ensureTopics(
  admin: LogAdmin,
  specs: readonly PlannedTopic[],
  { anyPartitions }: EnsureTopicsOptions,
): Promise<void> {
  await admin.create(await missingTopics(admin, specs, { anyPartitions }));
}

/**
 * Checks the topics that exist.
 *
 * @returns those that do not
 * @throws AppError `TOPIC_MISMATCH`, as `ensureTopics`
 */
export async function missingTopics(
  admin: LogAdmin,
  specs: readonly PlannedTopic[],
  { anyPartitions }: EnsureTopicsOptions,
): Promise<readonly PlannedTopic[]> {
  const existing = await admin.describe(specs.map(({ topic }) => topic));
  const mismatches = specs.flatMap((spec) => {
    const found = existing.get(spec.topic);
    return found ? mismatchesOf(spec, found, anyPartitions.get(spec.topic) ?? null) : [];
  });
  if (mismatches.length > 0) {
    throw new AppError(
      'TOPIC_MISMATCH',
      `${mismatches.join('; ')}. Change the topic (kafka-configs, kafka-topics), change topics: in the pipeline file, or delete the topic and what it holds.`,
    );
  }
  return specs.filter(({ topic }) => !existing.has(topic));
}

function mismatchesOf(spec: PlannedTopic, found: TopicDescription, most: number | null): readonly string[] {
  const settings = Object.entries(CHECKED).flatMap(([name, rule]) => {
    const needed = spec.config[name];
    const has = found.config[name];
    return needed === undefined || has === undefined || fits(rule, has, needed)
      ? []
      : [`${spec.topic} has ${name}=${has}, needed is ${rule === 'least' ? 'at least ' : ''}${needed}`];
  });
  if (most !== null && found.partitions > most)
    return [`${spec.topic} has ${found.partitions} partitions, ${most} at most can be read`, ...settings];
  if (most !== null || found.partitions === spec.partitions) return settings;
  return [`${spec.topic} has ${found.partitions} partitions, needed are ${spec.partitions}`, ...settings];
}

function fits(rule: 'equal' | 'least', has: string, needed: string): boolean {
  if (rule === 'equal') return has === needed;
  // -1 is without end
  return Number(has) === -1 || (Number(needed) !== -1 && Number(has) >= Number(needed));
}
