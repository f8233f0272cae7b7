import { AppError } from '@millrace/core';

import type { WindowSetting } from '../window/window-setting.ts';
import { quantileOf } from './deciles.ts';
import type { OwnWindows, ReferenceProfile } from './reference-profile.ts';

/** PSI needed for an incident: a number, or a quantile of the reference's own windows. */
export type FloorSetting = number | { readonly own: number };

/** An `own` floor never goes below this: smaller shifts are seldom worth a person's time. */
const LEAST = 0.1;

/**
 * The effect that a signal needs for an incident. A profile of live rows does not know its own windows.
 *
 * @throws AppError `PROFILE_INVALID` where the profile does not know its own windows of this length
 */
export function effectFloor(
  setting: FloorSetting,
  signal: string,
  profile: ReferenceProfile,
  window: WindowSetting,
): number {
  if (typeof setting === 'number') return setting;
  if (profile.source === 'live') return LEAST;
  const values = ownOf(profile, window).psi[signal];
  return values === undefined
    ? LEAST
    : Math.max(
        LEAST,
        quantileOf(
          values.toSorted((a, b) => a - b),
          setting.own,
        ),
      );
}

function ownOf({ model, version, own }: ReferenceProfile, window: WindowSetting): OwnWindows {
  const fits =
    own !== null && own.every_ms === window.everyMs && own.starts === window.starts && own.zone === window.zone;
  if (fits && own.windows.length > 0) return own;
  const has =
    own === null
      ? 'none'
      : `${own.windows.length} windows of ${own.every_ms} ms, starts ${own.starts ?? 'none'}, zone ${own.zone}`;
  throw new AppError(
    'PROFILE_INVALID',
    `monitor.floor.own needs the profile of ${model} ${version} to hold its own windows of ${window.everyMs} ms, starts ` +
      `${window.starts ?? 'none'}, zone ${window.zone}; it holds ${has}. ` +
      'Make it again with `millrace model profile` and this pipeline, from a sample with `at`, or give monitor.floor a number.',
  );
}
