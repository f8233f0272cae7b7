import { isAppError } from '@millrace/core';
import type { TopicPartition } from '@millrace/records';
import { decodeMarker, type CommitPosition } from '@millrace/stream';

/**
 * Whether a process ended because the log had forgotten what only it still wanted: others had gone on long ago, and what
 * is committed by now needs nothing of it. It had been frozen, or cut off; that it ends, and says so, is right.
 */
export function isZombiesGap(error: unknown, committed: (at: TopicPartition) => readonly CommitPosition[]): boolean {
  if (!isAppError(error, 'OFFSET_OUT_OF_RANGE') && !isAppError(error, 'STATE_GAP')) return false;
  const found = /(\S+)\/(\d+) (?:holds offsets .* asked for|begins at offset) (\d+)/.exec(error.detail);
  if (!found) return false;
  const [, topic, partition, wanted] = found;
  const positions = committed({ topic: topic as string, partition: Number(partition) });
  return positions.every(({ metadata }) => (decodeMarker(metadata)?.keepFrom ?? 0) > Number(wanted));
}
