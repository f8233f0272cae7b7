import type { Value } from '@millrace/core';
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
  // a copy of nulls stays an array of anything, whatever numbers come: windows read as fast as they do because V8 sees one kind
  const nothing = features.map((): Value => null);
  return ({ id, at, payload, origin, attempts, overdue = false }) => {
    const key = stageKey(stage.by, payload);
    if (key === null) return null;
    const values = nothing.slice();
    let isNeeded = false;
    for (let slot = 0; slot < features.length; slot++) {
      const { value, paned } = features[slot]!;
      const found = value(payload); // what is a dead letter does not depend on the time
      if (found === null || (paned && overdue)) continue;
      values[slot] = found;
      isNeeded = true;
    }
    if (!isNeeded) return null;
    return {
      stage: stage.index,
      topic: stage.topic,
      key,
      placedBy: key,
      record: { kind: 'event', type: index, id, at, values, origin, attempts },
    };
  };
}
