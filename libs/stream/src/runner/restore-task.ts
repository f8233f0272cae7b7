import { AppError } from '@millrace/core';
import { partitionKey, type TopicPartition } from '@millrace/records';

import type { PartitionBounds, RecordSource } from '../ports/record-source.ts';
import type { TaskState } from '../stage.ts';

const LIMITS = { maxWaitMs: 200, maxBytes: 8 << 20, maxBytesPerPartition: 4 << 20 };

/** A stretch of a partition that a state is made of. */
export interface RestoreRange extends TopicPartition {
  readonly from: number;
  /** The committed offset: the first record that is not read. */
  readonly to: number;
  /** Offsets of records that were given up unprocessed. */
  readonly skipped: readonly number[];
}

export interface RestoreOptions {
  readonly source: RecordSource;
  readonly state: TaskState;
  readonly ranges: readonly RestoreRange[];
  /** Set when the task was taken away meanwhile. */
  readonly task: { readonly closed: boolean };
  /** What to do where the log begins after a range's start; without it that is an error. */
  readonly onGap?: (gap: AppError) => void;
}

/**
 * Reads the ranges and applies them to the state, emitting nothing.
 *
 * @returns how many records were applied
 * @throws AppError `STATE_GAP`
 */
export async function restoreRanges(options: RestoreOptions): Promise<number> {
  const { state, ranges, task } = options;
  let applied = 0;
  for (const range of ranges) applied += await restoreRange(range, options);
  if (!task.closed) state.restored();
  return applied;
}

async function restoreRange(range: RestoreRange, { source, state, task, onGap }: RestoreOptions): Promise<number> {
  let applied = 0;
  let { from: offset, to } = await stretchOf(range, source, onGap);
  while (offset < to && !task.closed) {
    const [chunk] = await source.fetch([{ topic: range.topic, partition: range.partition, offset }], LIMITS);
    if (!chunk) continue;
    const records = chunk.records.filter(({ offset: at }) => at < to && !range.skipped.includes(at));
    state.restore(records);
    applied += records.length;
    offset = chunk.next;
  }
  return applied;
}

/** What the log still has of a range. Waiting for an end that it has lost would never end. */
async function stretchOf(
  range: RestoreRange,
  source: RecordSource,
  onGap: RestoreOptions['onGap'],
): Promise<Pick<RestoreRange, 'from' | 'to'>> {
  const { first, lastStable } = (await source.bounds([range])).get(partitionKey(range)) as PartitionBounds;
  const { from, to } = range;
  const gaps = [
    ...(first > from ? [`begins at offset ${from}, the log at ${first}. Raise topics.retention`] : []),
    ...(lastStable < to
      ? [`ends at offset ${to}, the log at ${lastStable}: the topic has lost its end, or was created anew`]
      : []),
  ];
  for (const gap of gaps.map((what) => stateGap(range, what))) {
    if (!onGap) throw gap;
    onGap(gap);
  }
  return { from: Math.max(from, first), to: Math.min(to, lastStable) };
}

function stateGap(range: RestoreRange, what: string): AppError {
  return new AppError(
    'STATE_GAP',
    `the state of ${partitionKey(range)} ${what}; to go on with what is left, start once with --from earliest.`,
  );
}
