/** The monitor service: predictions meet outcomes, and windows are compared with the model's reference. */
export { createMonitor } from './create-monitor.ts';
export { MonitorDoor } from './door/monitor-door.ts';
export { readPage } from './door/page-files.ts';
export { ViewFollower } from './door/view-follower.ts';
export type { ReadLedger } from './merge-state.ts';
export type { MonitorObserver } from './monitor-observer.ts';
export { MonitorModule } from './monitor.module.ts';
export { MonitorStage, type JoinGauges, type MonitorStageOptions } from './monitor.stage.ts';
export { openMonitor, type OpenedMonitor, type OpenMonitorOptions } from './open-monitor.ts';
