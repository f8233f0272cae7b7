/** Ring 1: gathers rows into batches for executors. Policy, mechanism and estimate are a file each. */
export type { BatchExecutor } from './batch-executor.ts';
export type { BatchObserver, BatchPart, BatchReport, DropReason } from './batch-observer.ts';
export {
  decideBatch,
  type BatchDecision,
  type LeaveReason,
  type NextExecutor,
  type WaitingRows,
} from './batch-policy.ts';
export { LatencyEstimate } from './latency-estimate.ts';
export { MicroBatcher, type MicroBatcherOptions } from './micro-batcher.ts';
export { Overloaded } from './overloaded.ts';
export { PRIORITIES, type Priority } from './priority.ts';
export type { QueueBounds } from './queue-bounds.ts';
export type { RowBatch, RowOutcome } from './row-outcome.ts';
export { runIsolating } from './run-isolating.ts';
export { SOURCES, type Source } from './source.ts';
export type { SubmitOptions } from './submit-options.ts';
