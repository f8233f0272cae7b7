import { describe, expect, it } from 'vitest';

import { NO_MISTAKES } from '../chaos/count-results.ts';
import { Scene } from '../chaos/scene.ts';
import { brokers } from './test-log.ts';

const SESSION_MS = 6000;

describe('a handler slower than the session', () => {
  it('does not expel its member, and a rebalance meanwhile waits for its work', async () => {
    await using scene = await Scene.open({ brokers: brokers(), worker: { sessionTimeoutMs: SESSION_MS } });
    await scene.feed.publish(2000);
    const slow = scene.start('slow', { handlerMs: 1.5 * SESSION_MS });
    await slow.next('taken');
    const joining = scene.start('joining');
    await joining.next('committed');
    const kinds = slow.reports.map(({ is }) => is).filter((kind) => kind !== 'restored' && kind !== 'committing');
    expect(kinds.slice(0, 4)).toEqual(['assigned', 'taken', 'committed', 'assigned']);
    expect(slow.all('committed')[0]?.records).toBe(slow.all('taken')[0]?.records);
    expect(joining.partitions).toHaveLength(2);
    expect(await scene.count('handler slower than the session')).toMatchObject(NO_MISTAKES);
    expect([...slow.all('abandoned'), ...slow.all('failed')]).toEqual([]);
  });
});
