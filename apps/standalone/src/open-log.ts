import type { Clock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import type { Plan } from '@millrace/pipeline';
import type { Log } from '@millrace/stream';

/** A log in this process, which keeps of the plan's internal topics only what a restore needs. */
export function openEmbedded(plan: Plan, clock: Clock): Log {
  const internal = `${plan.name}.${plan.featureSet}.`;
  return new MemoryLog({ clock, trims: (topic) => topic.startsWith(internal) });
}
