import type { Plan } from '@millrace/pipeline';
import type { OutboundRecord } from '@millrace/records';

import type { ClockState, HeldPromise, UsedPromise } from './clock-state.ts';

/** What the other instances of ingest must know of an input partition, as its owner notes it on `<p>.control`. */
export interface ProgressNote {
  readonly promise: HeldPromise | null;
  readonly used: readonly UsedPromise[];
  /** The largest event time that its owner has fetched; null before it has. For pacing alone. */
  readonly fetchedTo: number | null;
}

export function progressNote({ promise, used }: ClockState, fetchedTo: number | null): ProgressNote {
  return { promise, used, fetchedTo };
}

/** Written in the transaction of what it speaks of. */
export function progressRecord(plan: Plan, partition: number, note: ProgressNote): OutboundRecord {
  return { topic: plan.names.control, partition: 0, key: `${prefixOf(plan)}${partition}`, value: JSON.stringify(note) };
}

/** Null where the record of `<p>.control` is something else. */
export function readProgress(
  plan: Plan,
  name: string,
  value: Buffer | null,
): { readonly partition: number; readonly note: ProgressNote } | null {
  if (!name.startsWith(prefixOf(plan)) || value === null) return null;
  return {
    partition: Number(name.slice(prefixOf(plan).length)),
    note: JSON.parse(value.toString('utf8')) as ProgressNote,
  };
}

function prefixOf({ featureSet }: Plan): string {
  return `progress:${featureSet}:`;
}
