import { isAppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';

import { timeOf, type FileEvent } from './file-event.ts';

/** How far events come behind later ones, in milliseconds of event time: 0 where they are in order. */
export async function measureDisorder(plan: Plan, batches: AsyncIterable<readonly FileEvent[]>): Promise<number> {
  const types = new Map(plan.events.map((event) => [event.type, event]));
  let latest = -Infinity;
  let most = 0;
  for await (const events of batches)
    for (const found of events) {
      const at = timeOrNull(types.get(found.type), found);
      if (at === null) continue;
      most = Math.max(most, latest - at);
      latest = Math.max(latest, at);
    }
  return most;
}

function timeOrNull(event: Parameters<typeof timeOf>[0] | undefined, found: FileEvent): number | null {
  try {
    return event ? timeOf(event, found) : null;
  } catch (error) {
    if (isAppError(error, 'NO_TIME')) return null;
    throw error;
  }
}
