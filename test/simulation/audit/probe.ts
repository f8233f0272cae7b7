import type { Plan } from '@millrace/pipeline';
import {
  encodeOutcomesRecord,
  encodeStageRecord,
  type InboundRecord,
  type OutboundRecord,
  type TopicPartition,
} from '@millrace/records';
import type { Stage, TaskState } from '@millrace/stream';

import { PLACES, USERS } from '../script/traffic.ts';
import { EPOCH_MS } from '../world/world.ts';

/** Behind everything that a run writes. */
const PROBE_OFFSET = 10_000_000;
const ASKED_AT_MS = [4000, 8000, 12_000];
const MOST_IDS = 100;

/**
 * What a state answers to questions that nobody asked: a request of each key at some times, an outcome of each id. Two
 * states that answer alike are alike as far as anybody can see. The state is afterwards as it was.
 */
export function probe(plan: Plan, stage: Stage, state: TaskState, task: readonly TopicPartition[]): readonly string[] {
  const before = state.savepoint();
  try {
    const output = stage.process(questions(plan, task));
    return output instanceof Promise ? [] : output.records.map(answerText);
  } finally {
    state.rollback(before);
  }
}

function questions(plan: Plan, task: readonly TopicPartition[]): readonly InboundRecord[] {
  const [at] = task;
  const stage = plan.stages.find(({ topic }) => topic === at?.topic);
  if (at && stage) {
    const keys = stage.assembler ? USERS.filter((user) => user !== null) : PLACES;
    const asked = keys.flatMap((key) => ASKED_AT_MS.map((ms) => ({ key, at: EPOCH_MS + ms })));
    return asked.map((question, i) => request(plan, at, stage.assembler, question, i));
  }
  const outcomes = task.find(({ topic }) => topic === plan.names.joinOutcomes);
  return outcomes ? Array.from({ length: MOST_IDS }, (_, i) => outcome(outcomes, i)) : [];
}

function request(
  plan: Plan,
  topic: TopicPartition,
  assembler: boolean,
  { key, at }: { readonly key: string; readonly at: number },
  i: number,
): InboundRecord {
  const value = encodeStageRecord({
    kind: 'request',
    id: `probe${i}`,
    at,
    predictKey: key,
    origin: { partition: 0, offset: PROBE_OFFSET + i },
    promise: null,
    attempts: 0,
    assembly: assembler ? { asked: [], values: new Float64Array(plan.vector.length) } : null,
  });
  return record(topic, key, value, i);
}

function outcome(topic: TopicPartition, i: number): InboundRecord {
  const origin = { partition: 0, offset: PROBE_OFFSET + i };
  const value = encodeOutcomesRecord({
    kind: 'outcome',
    id: `e${i}`,
    key: null,
    at: EPOCH_MS + 6000,
    label: 1,
    origin,
    attempts: 0,
  });
  return record(topic, null, value, i);
}

function record({ topic, partition }: TopicPartition, key: string | null, value: Buffer, i: number): InboundRecord {
  return {
    topic,
    partition,
    offset: PROBE_OFFSET + i,
    timestamp: EPOCH_MS,
    key: key === null ? null : Buffer.from(key),
    value,
    headers: [],
  };
}

/** An example without when it was scored. */
function answerText({ topic, value }: OutboundRecord): string {
  if (typeof value === 'string') return `${topic} ${value.replace(/"scored_at":"[^"]*"/, '')}`;
  return `${topic} ${value === null ? 'null' : Buffer.from(value).toString('hex')}`;
}
