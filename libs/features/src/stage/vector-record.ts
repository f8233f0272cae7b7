import type { Plan, StagePlan } from '@millrace/pipeline';
import {
  encodeFeaturesRecord,
  traceHeaders,
  type DeadLetter,
  type PartError,
  type RecordTrace,
  type StageRequest,
  type VectorRow,
} from '@millrace/records';

import type { Emission } from './emission.ts';
import type { OpenRequest, ReceivedPart } from './open-request.ts';

export interface CompleteRequest {
  readonly plan: Plan;
  /** The assembler's own. */
  readonly stage: StagePlan;
  readonly partition: number;
  readonly open: OpenRequest;
  readonly own: ReceivedPart;
}

/** The vector to the scorer; or, where a part is an error, the request's one dead letter. */
export function emitVector(complete: CompleteRequest, out: Emission): void {
  const { plan, stage, partition, open, own } = complete;
  const parts = new Map(open.parts).set(stage.index, own);
  const failed = [...parts.values()].find(({ error }) => error !== null)?.error;
  if (failed) {
    out.deadLetters.push(requestLetter(plan, open.request, failed, open.trace));
    return;
  }
  out.eventTimes.push(open.request.at);
  const value = encodeFeaturesRecord(vectorRow(plan, open.request, parts));
  out.records.push({
    topic: plan.names.features,
    partition,
    key: open.request.predictKey,
    value,
    headers: traceHeaders(open.trace),
  });
}

/** The request's values and all parts in the order of the model's input; float64 up to here, float32 from here on. */
function vectorRow(plan: Plan, request: StageRequest, parts: ReadonlyMap<number, ReceivedPart>): VectorRow {
  const vector = Float32Array.from(request.assembly?.values ?? []);
  for (const [stage, { values }] of parts) {
    plan.stages[stage]?.features.forEach(({ index }, slot) => {
      vector[index] = values?.[slot] ?? Number.NaN;
    });
  }
  const { id, at, predictKey: key, origin, attempts } = request;
  const late = [...parts.values()].some((part) => part.late);
  const { block } = request.assembly ?? {};
  return { kind: 'vector', id, at, key, origin, attempts, late, vector, ...(block !== undefined && { block }) };
}

/** A request that was given up; it names the event in `<p>.events`. */
export function requestLetter(
  plan: Plan,
  { id: eventId, at, predictKey, origin, attempts }: StageRequest,
  { code, reason }: PartError,
  trace: RecordTrace | undefined,
): DeadLetter {
  const key = predictKey === null ? null : Buffer.from(predictKey);
  const { partition, offset } = origin;
  return {
    stage: 'feature',
    code,
    reason,
    topic: plan.names.events,
    partition,
    offset,
    attempts,
    type: plan.predict.on,
    key,
    value: null,
    eventId,
    at,
    trace,
  };
}
