import { effectFloor, type FloorSetting } from '../profile/effect-floor.ts';
import type { ReferenceProfile } from '../profile/reference-profile.ts';
import type { SignalTable, WatchedSignal } from '../profile/watched-signals.ts';
import type { WindowSetting } from '../window/window-setting.ts';
import type { IncidentRule } from './signal-watch.ts';

/** What of the pipeline file decides on incidents (`monitor`). */
export interface WatchSettings {
  readonly window: WindowSetting;
  readonly floor: FloorSetting;
  /** By signal, instead of `floor`. */
  readonly floors: ReadonlyMap<string, FloorSetting>;
  /** A: windows between two false alarms of the whole model. */
  readonly runLength: number;
  readonly remindMs: number;
}

/** A watched signal with what an incident on it takes. */
export interface RuledSignal {
  readonly signal: WatchedSignal;
  readonly rule: IncidentRule;
}

/** @throws AppError `PROFILE_INVALID` where a floor asks for what the profile does not hold */
export function ruledSignals(
  { watched }: SignalTable,
  profile: ReferenceProfile,
  { window, floor, floors, runLength, remindMs }: WatchSettings,
): readonly RuledSignal[] {
  const logThreshold = Math.log(runLength * watched.length);
  return watched.map((signal) => {
    const least = effectFloor(floors.get(signal.name) ?? floor, signal.name, profile, window);
    return { signal, rule: { logThreshold, floor: least, remindMs } };
  });
}
