import type { Tries } from './trial.ts';

/** What a commit says of a lane, beside the stage's own part of the marker. */
export interface LaneCommit {
  readonly offset: number;
  readonly number: number;
  readonly tries: Tries | null;
  readonly skipped: readonly number[];
}
