import { effectFloor, type FloorSetting } from '../profile/effect-floor.ts';
import type { ReferenceProfile } from '../profile/reference-profile.ts';
import type { SignalTable, WatchedSignal } from '../profile/watched-signals.ts';
import type { WindowSetting } from '../window/window-setting.ts';
import { incidentRule, type IncidentSettings } from './incident-rule.ts';
import type { IncidentRule } from './signal-watch.ts';

/** What of the pipeline file decides on incidents (`monitor`). */
export interface WatchSettings extends IncidentSettings {
  readonly window: WindowSetting;
  readonly floor: FloorSetting;
  /** By signal, instead of `floor`. */
  readonly floors: ReadonlyMap<string, FloorSetting>;
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
  settings: WatchSettings,
): readonly RuledSignal[] {
  const { window, floor, floors } = settings;
  return watched.map((signal) => {
    const least = effectFloor(floors.get(signal.name) ?? floor, signal.name, profile, window);
    return { signal, rule: incidentRule(settings, watched.length, least) };
  });
}
