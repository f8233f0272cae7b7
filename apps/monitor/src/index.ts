/** The monitor: predictions meet outcomes, and windows are compared with the model's reference. */
export { MonitorStage, type JoinGauges, type MonitorStageOptions } from './monitor.stage.ts';
export type { MonitorObserver } from './monitor-observer.ts';
export { openMonitor, type OpenMonitorOptions } from './open-monitor.ts';
export type { ReadLedger } from './merge-state.ts';
