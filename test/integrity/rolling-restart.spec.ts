import { describe, expect, it } from 'vitest';

import { NO_MISTAKES } from '../chaos/count-results.ts';
import { Scene } from '../chaos/scene.ts';
import type { WorkerProcess } from '../chaos/worker-process.ts';
import { brokers } from './test-log.ts';

const NAMES = ['a', 'b', 'c'] as const;

describe('a rolling restart of instances with lasting names', () => {
  it('moves no partition, and the others notice nothing', async () => {
    await using scene = await Scene.open({
      brokers: brokers(),
      partitions: 6,
      worker: { sessionTimeoutMs: 20_000, dwellMs: 50 },
    });
    await scene.feed.publish(6000);
    const start = (name: string): WorkerProcess => scene.start(name, { instanceId: name });
    const running = new Map(NAMES.map((name) => [name, start(name)] as const));
    const all = (): WorkerProcess[] => [...running.values()];
    await scene.settled(all());
    const before = new Map(all().map(({ name, partitions }) => [name, partitions.toSorted()]));
    for (const name of NAMES) {
      const others = all().filter((worker) => worker.name !== name);
      const noticed = others.map((worker) => worker.all('assigned').length);
      expect(await running.get(name)?.terminate()).toBe(0);
      running.set(name, start(name));
      await running.get(name)?.next('committed');
      await Promise.all(others.map((other) => other.next('committed')));
      expect(others.map((worker) => worker.all('assigned').length)).toEqual(noticed);
    }
    expect(new Map(all().map(({ name, partitions }) => [name, partitions.toSorted()]))).toEqual(before);
    expect(await scene.count('rolling restart')).toMatchObject(NO_MISTAKES);
  });
});
