import type { InboundRecord } from '@millrace/records';
import { joinOutputs, type Stage, type StageOutput } from '@millrace/stream';

import type { RecordBatch } from './record-batch.ts';

export type Dispatch = (batch: RecordBatch) => Promise<StageOutput>;

/** The stage with its `process` given to handlers, one batch per role of a topic; all else is the stage's own. */
export function dispatched(stage: Stage, roleOf: (topic: string) => string, dispatch: Dispatch): Stage {
  return {
    name: stage.name,
    inputs: stage.inputs,
    open: (task) => stage.open(task),
    close: (task) => stage.close(task),
    process: (records) => processByRole(records, roleOf, dispatch),
    poison: (record, error) => stage.poison(record, error),
    ...(stage.growing && { growing: stage.growing }),
    ...(stage.startAt && { startAt: stage.startAt.bind(stage) }),
    ...(stage.take && { take: stage.take.bind(stage) }),
    ...(stage.started && { started: stage.started.bind(stage) }),
    ...(stage.joined && { joined: stage.joined.bind(stage) }),
    ...(stage.wake && { wake: stage.wake.bind(stage) }),
    ...(stage.wakeEveryMs !== undefined && { wakeEveryMs: stage.wakeEveryMs }),
  };
}

/** One after the other: a stage's state is not made for two at a time. */
async function processByRole(
  records: readonly InboundRecord[],
  roleOf: (topic: string) => string,
  dispatch: Dispatch,
): Promise<StageOutput> {
  const outputs: StageOutput[] = [];
  for (const [topic, ofTopic] of byRole(records, roleOf)) outputs.push(await dispatch({ topic, records: ofTopic }));
  return joinOutputs(outputs);
}

function byRole(
  records: readonly InboundRecord[],
  roleOf: (topic: string) => string,
): ReadonlyMap<string, readonly InboundRecord[]> {
  const [first] = records;
  if (first === undefined) return new Map();
  const role = roleOf(first.topic);
  if (records.every(({ topic }) => topic === first.topic)) return new Map([[role, records]]);
  return Map.groupBy(records, ({ topic }) => roleOf(topic));
}
