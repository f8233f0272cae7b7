import { partitionKey } from '@millrace/records';

import type { CommittedPosition } from '../ports/group-member.ts';
import type { InputLane } from './input-lane.ts';
import type { LaneCommit } from './lane-commit.ts';
import { decodeMarker } from './marker.ts';
import type { Task } from './task.ts';
import type { LaneCommits } from './work.ts';

/** How a task stands against what the log says was committed. */
export type Standing = 'unchanged' | 'committed' | 'not-committed' | 'elsewhere';

type Committed = ReadonlyMap<string, CommittedPosition | null>;

/**
 * The one rule of recovery. The committed offset and the marker's number say what became of a transaction whose end is
 * not known: equal to the batch's end, it committed; equal to its begin, it did not; anything else happened in
 * somebody else's hands, and the task is rebuilt.
 *
 * @param inDoubt what the transaction in doubt, if there is one, says of each lane
 */
export function standing(task: Task, committed: Committed, inDoubt: LaneCommits | null): Standing {
  const touched = inDoubt !== null && task.lanes.some((lane) => inDoubt.has(lane));
  const atBegin = task.lanes.every((lane) => isAt(committed, lane, lane.committed));
  if (!touched) return atBegin ? 'unchanged' : 'elsewhere';
  if (atBegin) return 'not-committed';
  const atEnd = task.lanes.every((lane) => {
    const end = inDoubt.get(lane) ?? null;
    return end !== null && isAt(committed, lane, end);
  });
  return atEnd ? 'committed' : 'elsewhere';
}

function isAt(committed: Committed, lane: InputLane, expected: LaneCommit | null): boolean {
  const found = committed.get(partitionKey(lane)) ?? null;
  if (found === null || expected === null) return found === null && expected === null;
  return found.offset === expected.offset && decodeMarker(found.metadata)?.number === expected.number;
}
