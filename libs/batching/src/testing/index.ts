export { ManualExecutor, type HeldBatch } from './manual-executor.ts';
