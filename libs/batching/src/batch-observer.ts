import type { LeaveReason } from './batch-policy.ts';
import type { Source } from './source.ts';

/** A batch that has been run. */
export interface BatchReport {
  readonly reason: LeaveReason;
  readonly rows: number;
  /** How long its oldest row had waited when it left. */
  readonly waitedMs: number;
  /** How long the executor worked on it. */
  readonly tookMs: number;
  /** How old its oldest row was when the results were there: from its arrival, waiting and all. */
  readonly oldestAgeMs: number;
  /** Whose rows it had. */
  readonly parts: readonly BatchPart[];
}

/** Rows of a batch that came together. */
export interface BatchPart {
  readonly source: Source;
  readonly rows: number;
  /** From their arrival until the batch left. */
  readonly waitedMs: number;
}

/** Why rows were not computed: there was no room for them, they waited too long, or nobody wants them any more. */
export type DropReason = 'refused' | 'expired' | 'cancelled';

/** Metrics. Must not throw. */
export interface BatchObserver {
  batch(report: BatchReport): void;
  dropped(source: Source, why: DropReason, rows: number): void;
}
