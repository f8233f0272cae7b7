import type { Plan } from './plan.ts';

/** What to create, and what an existing topic is compared with. `TopicSpec` of `@millrace/stream` has this shape. */
export interface PlannedTopic {
  readonly topic: string;
  readonly partitions: number;
  /** Null: the broker's default. */
  readonly replication: number | null;
  readonly config: Readonly<Record<string, string>>;
}

/**
 * Partitions of `<p>.events`: every partition of a keyed stage keeps a clock of each in its marker, which is the metadata of a
 * committed offset and as small as that (`libs/features/src/stage/marker-size.spec.ts`).
 */
export const MOST_INPUT_PARTITIONS = 160;

const KB = 1024;
const LEAST_INPUT_BYTES = 4 * KB * KB;
/** Room for headers beside the largest event. */
const HEADROOM_BYTES = 64 * KB;
const FOREVER = '-1';

/**
 * All topics of a pipeline, `<p>.events` first: Millrace creates it too where it does not exist, but record timestamps
 * and the number of partitions are the users' business there.
 */
export function topicSpecs(plan: Plan): readonly PlannedTopic[] {
  const { names, stages } = plan;
  const { partitions } = plan.topics;
  const retention = String(plan.topics.retentionMs);
  const kept = { 'cleanup.policy': 'delete', 'retention.ms': retention, 'retention.bytes': FOREVER };
  const forever = { 'cleanup.policy': 'delete', 'retention.ms': FOREVER, 'retention.bytes': FOREVER };
  const compacted = { 'cleanup.policy': 'compact' };

  const spec = (topic: string, count: number, config: Readonly<Record<string, string>>): PlannedTopic => ({
    topic,
    partitions: count,
    replication: plan.topics.replication,
    config: {
      'message.timestamp.type': 'LogAppendTime',
      'max.message.bytes': String(inputBytes(plan) + HEADROOM_BYTES),
      ...config,
    },
  });
  const keyed = [
    ...stages.map((stage) => stage.topic),
    names.features,
    names.scored,
    names.joinOutcomes,
    names.predictions,
    names.outcomes,
    names.examples,
    names.dlq,
  ];
  return [
    spec(names.events, partitions, {
      ...kept,
      'message.timestamp.type': 'CreateTime',
      'max.message.bytes': String(inputBytes(plan)),
    }),
    ...keyed.map((topic) => spec(topic, partitions, kept)),
    // one partition each: what these hold has to be read in one order (windows closed, incidents numbered, decisions told)
    spec(names.counts, 1, kept),
    spec(names.alerts, 1, kept),
    spec(names.ledger, 1, compacted),
    spec(names.control, 1, compacted),
    spec(names.decisions, 1, forever),
  ];
}

/** Above `events.max_bytes`, so that what is too large still arrives and can become a dead letter. */
function inputBytes(plan: Plan): number {
  return Math.max(LEAST_INPUT_BYTES, 2 * plan.limits.maxBytes);
}
