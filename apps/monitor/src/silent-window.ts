import type { WindowSetting } from '@millrace/drift';

import type { ClosedWindow } from './close-windows.ts';
import type { MergeValue } from './merge-ledger.ts';
import { shownAs, streamKey } from './merged-windows.ts';

/**
 * The calendar windows without a prediction between the latest of its stream and one that closes, as one window that is
 * not judged, however many they are; null: there are none. Nobody knows of a silence how long it will be before it is over.
 */
export function silentWindow(
  closed: ClosedWindow,
  { streams }: Pick<MergeValue, 'streams'>,
  { starts }: WindowSetting,
): ClosedWindow | null {
  const { subject, version, variant, start } = shownAs(closed);
  const { to = start } = streams.get(streamKey({ subject, version, variant })) ?? {};
  if (subject !== 'rows' || starts === null || to >= start) return null;
  return { subject, version, variant, start: to, end: start, rows: 0, counts: [], blocks: [], enough: false };
}
