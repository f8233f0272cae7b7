import type { EventPlan, Plan, StagePlan } from '@millrace/pipeline';

import { eventValue } from './event-values.ts';
import type { KnownEvent, Projection } from './projection.ts';
import { stageKey } from './stage-key.ts';

/** What one stage gets of an event of one type; null when it needs nothing of it. */
export type StageUpdate = (event: KnownEvent) => Projection | null;

/** One update per stage with a feature over this type. */
export function eventProjection(plan: Plan, type: EventPlan): readonly StageUpdate[] {
  return plan.stages
    .filter((stage) => stage.features.some(({ from }) => from === type.type))
    .map((stage) => stageUpdate(stage, type));
}

function stageUpdate(stage: StagePlan, { type, index }: EventPlan): StageUpdate {
  const features = stage.features
    .filter(({ from }) => from === type)
    .map((feature) => ({ value: eventValue(feature), paned: feature.resolutionMs !== null }));
  return ({ id, at, payload, origin, attempts, overdue = false }) => {
    const key = stageKey(stage.by, payload);
    if (key === null) return null;
    const values = features.map(({ value, paned }) => {
      const found = value(payload); // what is a dead letter does not depend on the time
      return paned && overdue ? null : found;
    });
    if (values.every((value) => value === null)) return null;
    return {
      stage: stage.index,
      topic: stage.topic,
      key,
      placedBy: key,
      record: { kind: 'event', type: index, id, at, values, origin, attempts },
    };
  };
}
