import { describe, expect, it, vi } from 'vitest';

import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { ProtocolError } from '../requests/protocol-error.ts';
import { sendHeartbeat } from './send-heartbeat.ts';

const IDENTITY = { groupId: 'g', generation: 1, memberId: 'm', instanceId: null };
const NOT_COORDINATOR = 16;
const REBALANCE_IN_PROGRESS = 27;

/** One heartbeat under way, to be answered by the test. */
function beating() {
  const answer = Promise.withResolvers<void>();
  const forget = vi.fn<() => void>();
  const stopping = new AbortController();
  const cluster = { sendToCoordinator: () => answer.promise, forget } as unknown as KafkaCluster;
  return { beat: sendHeartbeat(cluster, IDENTITY, stopping.signal), answer, forget, stopping };
}

describe('a heartbeat that fails', () => {
  it('drops the connections, for the next to find the coordinator', async () => {
    const { beat, answer, forget } = beating();
    answer.reject(new ProtocolError(NOT_COORDINATOR));
    expect(await beat).toMatchObject({ reason: { class: 'retry' }, rebalancing: false });
    expect(forget).toHaveBeenCalledOnce();
  });

  it('leaves them alone once it is stopped: the member is joining again over them', async () => {
    const { beat, answer, forget, stopping } = beating();
    stopping.abort();
    answer.reject(new ProtocolError(NOT_COORDINATOR));
    await beat;
    expect(forget).not.toHaveBeenCalled();
  });

  it('tells a group that rebalances from one that is lost', async () => {
    const { beat, answer } = beating();
    answer.reject(new ProtocolError(REBALANCE_IN_PROGRESS));
    expect(await beat).toMatchObject({ reason: { code: 'REBALANCED' }, rebalancing: true });
  });
});
