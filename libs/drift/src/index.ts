/** Ring 1: the monitor's statistics. */
export { hellinger, jensenShannon, lInfinity, totalVariation } from './distance/distances.ts';
export { expectedPsi, nullQuantile, psi } from './distance/psi.ts';
export { usedBins, type CountsPair } from './distance/used-bins.ts';
export { buildProfile, type ProfileSubject, type SampleRow } from './profile/build-profile.ts';
export { effectFloor, type FloorSetting } from './profile/effect-floor.ts';
export { formatProfile } from './profile/format-profile.ts';
export { parseProfile } from './profile/parse-profile.ts';
export type {
  CategoricalReference,
  NumericReference,
  OwnWindows,
  ReferenceProfile,
  SignalReference,
} from './profile/reference-profile.ts';
export { signalTable, type SignalTable, type WatchedSignal } from './profile/watched-signals.ts';
export { WindowCounts } from './profile/window-counts.ts';
export { logEvidence, shiryaevRoberts } from './watch/e-detector.ts';
export { weigh, type Evidence } from './watch/evidence.ts';
export { movedBins, type MovedBin } from './watch/moved-bins.ts';
export {
  closeWindow,
  UNWATCHED,
  withoutData,
  type IncidentEvent,
  type IncidentRule,
  type OpenIncident,
  type SignalState,
  type SignalWatch,
  type WatchStep,
} from './watch/signal-watch.ts';
export { windowGrid } from './window/window-grid.ts';
export type { Span, WindowGrid, WindowSetting } from './window/window-setting.ts';
