import { AppError } from '@millrace/core';
import type { EventPayload, Plan, StagePlan, ValueFeature } from '@millrace/pipeline';
import { blockHash, type Assembly, type StageRequest } from '@millrace/records';

import { emptyPart } from '../window/empty-part.ts';
import { arraysOf } from './arrays-of.ts';
import type { KnownEvent, Projection } from './projection.ts';
import { requestValue } from './request-values.ts';
import { keyOfOne, stageKey } from './stage-key.ts';

/** The requests that an event of type `predict.on` asks: one per stage that is needed, the assembler's among them. */
export type StageQuestion = (event: KnownEvent) => readonly Projection[];

export function requestProjection(plan: Plan): StageQuestion {
  const assembler = assemblerOf(plan);
  const others = plan.stages.filter((stage) => stage !== assembler && stage.features.length > 0);
  const vector = vectorBase(plan);
  const block = plan.monitor.block === plan.predict.key ? null : plan.monitor.block; // the key comes along anyway
  return (event) => {
    const { id, at, payload, origin, promise, attempts } = event;
    const predictKey = stageKey([plan.predict.key], payload);
    const values = vector(payload);
    const request: StageRequest = { kind: 'request', id, at, predictKey, origin, promise, attempts, assembly: null };
    const asked: Projection[] = [];
    for (const stage of others) {
      const key = stageKey(stage.by, payload);
      if (key === null) fillEmpty(values, stage);
      else asked.push({ stage: stage.index, topic: stage.topic, key, placedBy: key, record: request });
    }
    const assembly = { asked: asked.map(({ stage }) => stage), values, ...(block !== null && blockOf(payload[block])) };
    asked.push({
      stage: assembler.index,
      topic: assembler.topic,
      key: predictKey,
      placedBy: predictKey ?? id,
      record: { ...request, assembly },
    });
    return asked;
  };
}

function blockOf(field: unknown): Pick<Assembly, 'block'> {
  const text = keyOfOne(field ?? null);
  return text === null ? {} : { block: blockHash(text) };
}

/** The stage keyed by `predict.key`. Every plan has exactly one. */
export function assemblerOf(plan: Plan): StagePlan {
  const assembler = plan.stages.find((stage) => stage.assembler);
  if (!assembler) throw new AppError('PIPELINE_INVALID', 'the plan has no stage that puts vectors together.');
  return assembler;
}

/** The vector with every `value:` feature in place and NaN elsewhere. */
function vectorBase(plan: Plan): (payload: EventPayload) => Float64Array {
  const features = plan.vector.filter((feature): feature is ValueFeature => feature.kind === 'value');
  const computed = features.map((feature) => ({ index: feature.index, value: requestValue(feature) }));
  const vector = arraysOf(Float64Array, plan.vector.length);
  return (payload) => {
    const values = vector();
    for (const { index, value } of computed) values[index] = value(payload);
    return values;
  };
}

/** A stage that cannot be asked answers as from empty windows. */
function fillEmpty(values: Float64Array, stage: StagePlan): void {
  emptyPart(stage).forEach((value, slot) => {
    values[(stage.features[slot] as StagePlan['features'][number]).index] = value;
  });
}
