import type { Plan } from '@millrace/pipeline';

import { eventProjection, type StageUpdate } from './event-projection.ts';
import type { KnownEvent, Projection } from './projection.ts';
import { requestProjection } from './request-projection.ts';

/** Turns an event into what the keyed stages need of it; the same for ingest and for offline features. */
export interface Projector {
  /**
   * Updates first, then, of a `predict.on` event, the requests. Empty where nobody needs it.
   *
   * @throws AppError `KEY_TOO_LARGE`, `EXPRESSION_FAILED`
   */
  project(event: KnownEvent): readonly Projection[];
}

export function createProjector(plan: Plan): Projector {
  const updates = new Map(plan.events.map((event) => [event.type, eventProjection(plan, event)]));
  const questions = requestProjection(plan);
  return {
    project(event) {
      const projections: Projection[] = [];
      for (const update of updates.get(event.type) ?? []) addUpdate(projections, update, event);
      if (event.type === plan.predict.on) projections.push(...questions(event));
      return projections;
    },
  };
}

function addUpdate(projections: Projection[], update: StageUpdate, event: KnownEvent): void {
  const projection = update(event);
  if (projection) projections.push(projection);
}
