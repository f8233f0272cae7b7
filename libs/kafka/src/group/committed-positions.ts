import { AppError, type Clock } from '@millrace/core';
import type { TopicPartition } from '@millrace/records';
import type { CommittedPosition } from '@millrace/stream';

import { isCoordinatorSettling } from '../cluster/coordinator-settling.ts';
import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { offsetFetchRequest } from '../requests/offset-fetch.ts';
import { protocolErrorType } from '../requests/protocol-error.ts';

const RETRY_MS = 20;
/** Longer than any transaction of ours lives; one of somebody else's may be aborted by the broker only later. */
const LIMIT_MS = 60_000;

export interface CommittedQuery {
  readonly cluster: KafkaCluster;
  readonly clock: Clock;
  readonly groupId: string;
  readonly partitions: readonly TopicPartition[];
  /** Asked before each further try; throws to give up. */
  readonly goOn: () => void;
}

/** A group's committed positions by `partitionKey`, once no transaction that changes them is pending any more. */
export async function committedPositions(
  query: CommittedQuery,
): Promise<ReadonlyMap<string, CommittedPosition | null>> {
  const { cluster, clock, groupId, partitions, goOn } = query;
  const request = offsetFetchRequest(groupId, partitions);
  for (const startedAt = clock.elapsed(); ;) {
    try {
      return await cluster.sendToCoordinator('group', groupId, 'group', request);
    } catch (error) {
      if (protocolErrorType(error) !== 'UNSTABLE_OFFSET_COMMIT' && !isCoordinatorSettling(error)) throw error;
      if (clock.elapsed() - startedAt > LIMIT_MS) throw pending(groupId);
    }
    await clock.sleep(RETRY_MS);
    goOn();
  }
}

function pending(groupId: string): AppError {
  return new AppError(
    'LOG_UNAVAILABLE',
    `a transaction that commits positions of group ${groupId} has been open for a minute. Look for a stopped process with a long transaction timeout, or, with kafka-transactions.sh find-hanging, for one that the broker has ended without its markers.`,
  );
}
