import type { FailedBeat, GroupIdentity } from '@millrace/stream';

import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { logError } from '../cluster/log-error.ts';
import { heartbeatRequest } from '../requests/group.ts';
import { protocolErrorType } from '../requests/protocol-error.ts';

/** One heartbeat of a member, over a connection of heartbeats alone. */
export async function sendHeartbeat(
  cluster: KafkaCluster,
  identity: GroupIdentity,
  stopped: AbortSignal,
): Promise<FailedBeat | null> {
  const { groupId } = identity;
  try {
    await cluster.sendToCoordinator('group', groupId, 'heartbeat', heartbeatRequest(identity));
    return null;
  } catch (error) {
    const reason = logError(error, `the heartbeat of group ${groupId}`);
    // once stopped, the connections are somebody else's: a join may be under way over them
    if (reason.class === 'retry' && !stopped.aborted) cluster.forget();
    return { reason, rebalancing: protocolErrorType(error) === 'REBALANCE_IN_PROGRESS' };
  }
}
