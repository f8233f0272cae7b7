export { MonitorStage, type JoinGauges, type MonitorStageOptions } from './monitor.stage.ts';
export type { MonitorObserver } from './monitor-observer.ts';
export { readProfiles } from './read-profiles.ts';
export type { ReadLedger } from './merge-state.ts';
