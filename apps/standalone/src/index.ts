/** The four services in one process, and the example that `npm start` runs on them. */
export type { DemoSummary, LogKind } from './demo/demo-summary.ts';
export { runDemo, type DemoOptions } from './demo/run-demo.ts';
export { openEmbedded } from './open-embedded.ts';
export { startServices, type StartServicesOptions } from './start-services.ts';
export { openKafka } from '@millrace/platform';
