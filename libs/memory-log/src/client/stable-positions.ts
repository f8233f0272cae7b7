import type { TopicPartition } from '@millrace/records';
import type { CommittedPosition } from '@millrace/stream';

import type { MemoryClient } from './memory-client.ts';
import { retryRefused } from './retry-refused.ts';

const WAITS = { UNSTABLE_OFFSET_COMMIT: 20, NOT_COORDINATOR: 50 };
const LIMIT_MS = 60_000;

/**
 * A group's committed positions by `partitionKey`, once no transaction that changes them is open any more.
 *
 * @param goOn asked before each try; throws to give up
 */
export function stablePositions(
  { broker, clock, carry }: MemoryClient,
  groupId: string,
  partitions: readonly TopicPartition[],
  goOn: () => void,
): Promise<ReadonlyMap<string, CommittedPosition | null>> {
  const ask = (): Promise<ReadonlyMap<string, CommittedPosition | null>> => {
    goOn();
    return carry('committed', () => broker.group(groupId).offsets.stable(partitions));
  };
  return retryRefused(clock, ask, WAITS, LIMIT_MS);
}
