import { AppError, isAppError } from '@millrace/core';
import { partitionKey, type TopicPartition } from '@millrace/records';
import type { RecordSource } from '../ports/record-source.ts';
import type { TaskState } from '../stage.ts';

const LIMITS = { maxWaitMs: 200, maxBytes: 8 << 20, maxBytesPerPartition: 4 << 20 };

/** A stretch of a partition that a state is made of. */
export interface RestoreRange extends TopicPartition {
  readonly from: number;
  /** The committed offset: the first record that is not read. */
  readonly to: number;
}

/**
 * Reads the ranges and applies them to the state, emitting nothing.
 *
 * @returns how many records were applied
 * @throws AppError `STATE_GAP` when the log begins after a range's start
 */
export async function restoreRanges(
  source: RecordSource,
  state: TaskState,
  ranges: readonly RestoreRange[],
  given: { closed: boolean },
): Promise<number> {
  let applied = 0;
  for (const range of ranges) {
    await assertReachable(source, range);
    let offset = range.from;
    while (offset < range.to && !given.closed) {
      const [chunk] = await fetchOrGap(source, range, offset);
      if (!chunk) continue;
      const records = chunk.records.filter((record) => record.offset < range.to);
      state.restore(records);
      applied += records.length;
      offset = chunk.next;
    }
  }
  if (!given.closed) state.restored();
  return applied;
}

async function fetchOrGap(source: RecordSource, range: RestoreRange, offset: number) {
  try {
    return await source.fetch([{ topic: range.topic, partition: range.partition, offset }], LIMITS);
  } catch (error) {
    if (isAppError(error, 'OFFSET_OUT_OF_RANGE')) throw gap(range, error.detail);
    throw error;
  }
}

async function assertReachable(source: RecordSource, range: RestoreRange): Promise<void> {
  if (range.from >= range.to) return;
  const bounds = (await source.bounds([range])).get(partitionKey(range));
  if (bounds && bounds.first > range.from) throw gap(range, `the log begins at ${bounds.first}`);
}

function gap(range: RestoreRange, found: string): AppError {
  return new AppError(
    'STATE_GAP',
    `the state of ${partitionKey(range)} begins at offset ${range.from}, ${found}. ` +
      'Raise topics.retention; to go on with what is left, start once with --from earliest.',
  );
}
