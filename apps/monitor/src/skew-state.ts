import type { Span } from '@millrace/drift';
import type { SkewRecord } from '@millrace/records';

import type { ClosedWindow } from './close-windows.ts';

/** How far the windows of one version and variant are computed again. */
export interface SkewProgress {
  /** The newest that has closed and of which nothing is known; null: none. */
  readonly due: Span | null;
  /** End of the newest of which something is known; null: none. */
  readonly checkedTo: number | null;
}

/** By `[version, variant]` in JSON. */
export type SkewState = ReadonlyMap<string, SkewProgress>;

type Stream = Pick<SkewRecord, 'version' | 'variant'>;

/** A window of predictions is to be computed again. One that still waits gives way to it. */
export function withDue(state: SkewState, { version, variant, start, end }: ClosedWindow): SkewState {
  const key = keyOf({ version, variant });
  return new Map(state).set(key, { due: { start, end }, checkedTo: state.get(key)?.checkedTo ?? null });
}

/** Null where as much is known already: two instances may say it, one after the other. */
export function withChecked(state: SkewState, record: SkewRecord): SkewState | null {
  const key = keyOf(record);
  const { due = null, checkedTo = null } = state.get(key) ?? {};
  if (checkedTo !== null && record.end <= checkedTo) return null;
  return new Map(state).set(key, { due: due && due.end > record.end ? due : null, checkedTo: record.end });
}

function keyOf({ version, variant }: Stream): string {
  return JSON.stringify([version, variant]);
}
