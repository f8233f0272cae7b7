import { AppError } from '@millrace/core';
import { partitionKey, type TopicPartition } from '@millrace/records';

import type { CommittedPosition } from '../ports/group-member.ts';
import type { RecordSource } from '../ports/record-source.ts';
import type { Stage, TaskState } from '../stage.ts';
import { InputLane } from './input-lane.ts';
import { decodeMarker, type Marker } from './marker.ts';
import { assertSameCount } from './partition-counts.ts';
import type { RestoreRange } from './restore-task.ts';
import type { StartFrom } from './runner-options.ts';
import type { Task } from './task.ts';
import { Trial } from './trial.ts';

export interface OpenedTask {
  readonly task: Task;
  /** What its state must be restored from. */
  readonly ranges: readonly RestoreRange[];
}

export interface OpenTaskContext {
  readonly stage: Stage;
  readonly source: RecordSource;
  readonly committed: ReadonlyMap<string, CommittedPosition | null>;
  /** Where to begin without a committed offset, if somebody said so. */
  readonly from: StartFrom | undefined;
  /** Of the partitions without a committed offset, those (by `partitionKey`) that the group has read before. */
  readonly hasRun: ReadonlySet<string>;
  /** How many partitions each topic has. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Opens a task at its committed positions, with its markers loaded and its state still to be restored.
 *
 * @throws AppError `OFFSETS_LOST`, `PARTITIONS_CHANGED`
 */
export async function openTask(
  key: string,
  partitions: readonly TopicPartition[],
  context: OpenTaskContext,
): Promise<OpenedTask> {
  const { stage, committed } = context;
  const starts = await startOffsets(partitions, context);
  const lanes: InputLane[] = [];
  const bodies = new Map<string, Uint8Array>();
  const ranges: RestoreRange[] = [];
  for (const partition of partitions) {
    const name = partitionKey(partition);
    const position = committed.get(name) ?? null;
    const marker = position && markerOf(name, position);
    if (!position && context.from === undefined && context.hasRun.has(name)) throw offsetsLost(name);
    const { start, lastStable } = starts.get(name) as StartOffset;
    const lane = new InputLane(partition, position?.offset ?? start, lastStable);
    lane.partitions = context.counts.get(partition.topic) ?? 0;
    lanes.push(lane);
    if (!position || !marker) continue;
    assertSameCount(stage, partition.topic, marker.partitions, lane.partitions);
    const { number, keepFrom, tries, skipped } = marker;
    lane.committed = { offset: position.offset, number, tries, skipped };
    lane.trial = new Trial(tries);
    bodies.set(name, marker.body);
    if (keepFrom < position.offset) ranges.push({ ...partition, from: keepFrom, to: position.offset, skipped });
  }
  const state = await openState(stage, partitions, bodies);
  return { task: { key, partitions, state, lanes, ready: false, closed: false }, ranges };
}

/** What cannot be loaded is not left open: the partition may be another's when it is tried again. */
async function openState(
  stage: Stage,
  partitions: readonly TopicPartition[],
  bodies: ReadonlyMap<string, Uint8Array>,
): Promise<TaskState> {
  const state = stage.open(partitions);
  try {
    await state.load(bodies);
    return state;
  } catch (error) {
    stage.close(partitions);
    throw error;
  }
}

function markerOf(name: string, position: CommittedPosition): Marker {
  const marker = decodeMarker(position.metadata);
  if (marker) return marker;
  throw new AppError(
    'OFFSETS_LOST',
    `the committed offset ${position.offset} of ${name} carries no marker, so it was not Millrace that committed it. ` +
      'Delete the group to start over.',
  );
}

function offsetsLost(name: string): AppError {
  return new AppError(
    'OFFSETS_LOST',
    `the group has read ${name} before, and its committed offset is gone (a group that rests longer than the broker's offsets.retention.minutes loses it). ` +
      'Say where to go on: start once with --from earliest, latest or a time.',
  );
}

interface StartOffset {
  readonly start: number;
  readonly lastStable: number;
}

async function startOffsets(
  partitions: readonly TopicPartition[],
  { stage, source, from }: OpenTaskContext,
): Promise<ReadonlyMap<string, StartOffset>> {
  const bounds = await source.bounds(partitions);
  const timed = typeof from === 'number' ? await source.offsetsAt(partitions, from) : null;
  return new Map(
    partitions.map((partition) => {
      const name = partitionKey(partition);
      const { first, lastStable } = bounds.get(name) ?? { first: 0, lastStable: 0 };
      const start = stage.startAt?.(partition) ?? timed?.get(name) ?? (from === 'latest' ? lastStable : first);
      return [name, { start, lastStable }];
    }),
  );
}
