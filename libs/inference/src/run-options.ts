import type { BatchObserver } from '@millrace/batching';
import type { Clock } from '@millrace/core';

import type { ModelFiles } from './registry/model-registry.ts';

/** How a version is run, whatever it takes. */
export interface RunOptions {
  readonly files: ModelFiles;
  /** Execution providers in order of preference; `['cpu']`. */
  readonly providers?: readonly string[];
  readonly batch: { readonly rows: number; readonly deadlineMs: number };
  readonly clock: Clock;
  /** Worker threads, a session each; all cores but one are shared out among them, at least one. */
  readonly workers?: number;
  /** Cores that a session may use; 1. */
  readonly threads?: number;
  /** A worker that works on one batch for longer is replaced; 10 s. */
  readonly hangMs?: number;
  /** What becomes of batches and rows: metrics. */
  readonly observer?: BatchObserver;
  /** A worker was lost and is replaced. Must not throw. */
  readonly onWorkerLost?: (error: Error) => void;
  /** Another program for the workers: tests of workers that misbehave. */
  readonly workerScript?: URL;
}
