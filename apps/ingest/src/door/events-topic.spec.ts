import { ManualClock } from '@millrace/core/testing';
import { MemoryLog } from '@millrace/memory-log';
import { describe, expect, it } from 'vitest';

import { EventsTopic } from './events-topic.ts';

describe('EventsTopic', () => {
  it('looks again whether the topic has grown', async () => {
    const clock = new ManualClock();
    const log = new MemoryLog({ clock });
    const topic = new EventsTopic('p.events', log, clock);
    await expect(topic.partitions()).rejects.toThrow('there is no topic p.events');
    const create = (partitions: number) =>
      log.admin().create([{ topic: 'p.events', partitions, replication: null, config: {} }]);
    await create(1);
    expect(await topic.partitions()).toBe(1);
    await log.admin().delete(['p.events']);
    await create(3);
    expect(await topic.partitions()).toBe(1);
    clock.advance(30_000);
    expect(await topic.partitions()).toBe(3);
    await topic.close();
  });
});
