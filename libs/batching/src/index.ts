/** Ring 1: gathers rows into batches for executors. Policy, mechanism and estimate are a file each. */
export type { BatchExecutor } from './batch-executor.ts';
export { decideBatch, type BatchDecision, type LeaveReason, type WaitingRows } from './batch-policy.ts';
export { LatencyEstimate } from './latency-estimate.ts';
export { MicroBatcher, type BatchReport, type MicroBatcherOptions } from './micro-batcher.ts';
export type { RowOutcome } from './row-outcome.ts';
export { runIsolating } from './run-isolating.ts';
