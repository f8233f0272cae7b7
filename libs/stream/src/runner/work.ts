import { AppError } from '@millrace/core';
import { partitionKey, type InboundRecord } from '@millrace/records';

import type { StageOutput } from '../stage.ts';
import type { InputLane } from './input-lane.ts';
import type { LaneCommit } from './lane-commit.ts';
import type { Task } from './task.ts';

/** Of each lane of a transaction, what it commits; null until that is sent. */
export type LaneCommits = Map<InputLane, LaneCommit | null>;

/** Something to be made one transaction of. */
export interface Work {
  readonly records: readonly InboundRecord[];
  /** How many of the records each lane hands over. */
  readonly counts: ReadonlyMap<InputLane, number>;
  /** All whose states are touched. */
  readonly tasks: readonly Task[];
  readonly takenAtMs: number;
  /** What the transaction says of each lane of the tasks. */
  readonly ends: LaneCommits;
  /** Given where the stage woke by itself; otherwise processing the records gives it. */
  readonly output: StageOutput | null;
  /** Its one record is given up without having been processed. */
  gaveUp: boolean;
  /** The transaction under way counts the records before they are processed; after it they are still to be taken. */
  counting: boolean;
}

/** Whether something about the records must be committed before they are processed (`trial.ts`). */
export function mustCount({ counts }: Work): boolean {
  for (const [lane, count] of counts) if (count > 0 && lane.trial.toCount(lane.position) !== undefined) return true;
  return false;
}

/** Why the work's one record is given up unprocessed: it was alone in work when its process died, twice. */
export function conviction({ records, counts }: Work): AppError | null {
  const [lane] = counts.keys();
  const [record] = records;
  if (!record || records.length > 1 || !lane?.trial.isConvicted) return null;
  return new AppError(
    'POISON',
    `the process died four times while this record was in work, the last two times on it alone (${partitionKey(record)} offset ${record.offset}).`,
  );
}
