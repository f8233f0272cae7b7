import { ManualClock } from '@millrace/core/testing';
import { describe, expect, it, vi } from 'vitest';

import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { ProtocolError } from '../requests/protocol-error.ts';
import { Heartbeat } from './heartbeat.ts';

const IDENTITY = { groupId: 'g', generation: 1, memberId: 'm', instanceId: null };
const NOT_COORDINATOR = 16;
const SESSION_MS = 1000;

/** One heartbeat under way, to be answered by the test. */
async function beating() {
  const clock = new ManualClock();
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const forget = vi.fn<() => void>();
  const sendToCoordinator = (): Promise<void> => {
    asked.resolve();
    return answer.promise;
  };
  const cluster = { sendToCoordinator, forget } as unknown as KafkaCluster;
  const heartbeat = new Heartbeat(IDENTITY, {
    cluster,
    clock,
    sessionTimeoutMs: SESSION_MS,
    onLost: () => undefined,
  });
  clock.advance(SESSION_MS / 10);
  await asked.promise;
  return { heartbeat, answer, forget };
}

describe('a heartbeat that fails', () => {
  it('drops the connections, for the next to find the coordinator', async () => {
    const { heartbeat, answer, forget } = await beating();
    answer.reject(new ProtocolError(NOT_COORDINATOR));
    await expect.poll(() => forget.mock.calls.length).toBe(1);
    heartbeat.stop();
  });

  it('leaves them alone once it is stopped: the member is joining again over them', async () => {
    const { heartbeat, answer, forget } = await beating();
    heartbeat.stop();
    answer.reject(new ProtocolError(NOT_COORDINATOR));
    await answer.promise.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(forget).not.toHaveBeenCalled();
  });
});
