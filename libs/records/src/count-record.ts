import type { ProgressRecord } from './clock-record.ts';

/** What one transaction of the join adds to one window of one model version: integers that merge by addition. */
export interface CountsDelta {
  readonly kind: 'delta';
  readonly version: string;
  readonly variant: string;
  /** Start and end of the window in event time, epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly rows: number;
  /** Per signal (features in vector order, then outputs) the counts on the reference's bins, special bins last. */
  readonly counts: readonly Uint32Array[];
}

/** What `<p>.<fs>.counts` holds. */
export type CountsRecord = CountsDelta | ProgressRecord;
