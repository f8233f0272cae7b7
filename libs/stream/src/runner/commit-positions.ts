import { AppError } from '@millrace/core';
import { partitionKey, type InboundRecord } from '@millrace/records';

import type { CommitPosition } from '../ports/transactional-producer.ts';
import type { InputLane } from './input-lane.ts';
import type { LaneCommit } from './lane-commit.ts';
import { encodeMarker } from './marker.ts';
import type { Task } from './task.ts';
import type { Work } from './work.ts';

/** A marker has room for a few. */
const MOST_SKIPPED = 32;

/** Step 4: where each lane of the work's tasks stands after the batch, with its marker. Notes what is sent in `ends`. */
export function commitPositions(work: Work): readonly CommitPosition[] {
  return everyLane(work, (lane, keepFrom) => {
    const { position: offset, committed } = lane;
    const skipped = work.gaveUp
      ? [...(committed?.skipped ?? []), ...offsetsIn(lane, work.records)]
      : committed?.skipped;
    return {
      offset,
      tries: offset > lane.begin ? lane.trial.past(offset) : (committed?.tries ?? null),
      skipped: assertFew(
        lane,
        (skipped ?? []).filter((skip) => skip >= (keepFrom ?? offset)),
      ),
    };
  });
}

/** Before step 2, where it must be known later that these records were about to be processed (`trial.ts`). */
export function countPositions(work: Work): readonly CommitPosition[] {
  return everyLane(work, (lane) => {
    const { begin: offset, committed } = lane;
    const count = work.counts.has(lane) ? lane.trial.toCount(lane.position) : undefined;
    return {
      offset,
      tries: count === undefined ? (committed?.tries ?? null) : count,
      skipped: committed?.skipped ?? [],
    };
  });
}

function everyLane(
  { tasks, ends }: Work,
  commitOf: (lane: InputLane, keepFrom: number | null) => Omit<LaneCommit, 'number'>,
): readonly CommitPosition[] {
  return tasks.flatMap((task: Task) =>
    task.lanes.map((lane) => {
      const { topic, partition, partitions } = lane;
      const { keepFrom, body } = task.state.marker(lane);
      const commit = { ...commitOf(lane, keepFrom), number: (lane.committed?.number ?? 0) + 1 };
      ends.set(lane, commit);
      const { offset } = commit;
      return {
        topic,
        partition,
        offset,
        metadata: encodeMarker({ ...commit, keepFrom: keepFrom ?? offset, partitions, body }),
      };
    }),
  );
}

function offsetsIn(lane: InputLane, records: readonly InboundRecord[]): readonly number[] {
  const key = partitionKey(lane);
  return records.filter((record) => partitionKey(record) === key).map(({ offset }) => offset);
}

function assertFew(lane: InputLane, skipped: readonly number[]): readonly number[] {
  if (skipped.length <= MOST_SKIPPED) return skipped;
  throw new AppError(
    'SKIPPED_TOO_MANY',
    `${partitionKey(lane)} has ${skipped.length} records within its state's reach that were given up unprocessed; ` +
      `at most ${MOST_SKIPPED} can be remembered. Look at their dead letters and mend the code or the model.`,
  );
}
