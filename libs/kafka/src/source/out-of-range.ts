import { AppError } from '@millrace/core';
import { partitionKey, type TopicPartition } from '@millrace/records';
import type { PartitionBounds } from '@millrace/stream';

export interface AskedOutside {
  readonly at: TopicPartition;
  readonly asked: number;
  readonly bounds: PartitionBounds;
  /** Of the first record that is left, epoch milliseconds; null where none is. */
  readonly firstTimestamp: number | null;
}

/** Says what a log no longer has of what was asked for: from where, to where, how many, since when. */
export function outOfRange({ at, asked, bounds, firstTimestamp }: AskedOutside): AppError {
  const { first, lastStable } = bounds;
  const name = partitionKey(at);
  const lost =
    asked < first
      ? `${name} has lost its offsets ${asked} to ${first - 1} (${first - asked} of them): the log has ${first} to ${lastStable}, ` +
        (firstTimestamp === null
          ? 'and no record any more.'
          : `and its first record is of ${new Date(firstTimestamp).toISOString()}.`)
      : `${name} was read up to offset ${asked} and its log has ${first} to ${lastStable} only: the topic was deleted and created anew, or has lost its end.`;
  return new AppError(
    'OFFSET_OUT_OF_RANGE',
    `${lost} Set on_out_of_range to go on without what is lost, or raise the topic's retention.`,
  );
}
