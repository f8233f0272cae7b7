import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import type { Plan } from '@millrace/pipeline';
import { beforeEach, describe, expect, it } from 'vitest';

import { pruneTopics } from './prune-topics.ts';
import { notePlan } from './running-plan.ts';

const planOf = (featureSet: string): Plan =>
  ({ name: 'p', featureSet, names: { control: 'p.control' } }) as unknown as Plan;
const [OLD, NEW] = [planOf('aaaaaaaa'), planOf('bbbbbbbb')];
let log: MemoryLog;

async function create(...topics: readonly string[]): Promise<void> {
  await log.admin().create(topics.map((topic) => ({ topic, partitions: 1, replication: null, config: {} })));
}

beforeEach(async () => {
  log = new MemoryLog({ clock: new SystemClock() });
  await create('p.control');
});

describe('a changed plan', () => {
  it('is refused until somebody says where it starts, and is then the one that runs', async () => {
    await notePlan(OLD, log);
    await notePlan(OLD, log);
    await expect(notePlan(NEW, log)).rejects.toMatchObject({
      code: 'PLAN_CHANGED',
      detail: expect.stringMatching(/aaaaaaaa.*bbbbbbbb/s),
    });
    await notePlan(NEW, log, 'latest');
    await notePlan(NEW, log);
    await expect(notePlan(OLD, log)).rejects.toMatchObject({ code: 'PLAN_CHANGED' });
  });

  it('leaves topics behind that are deleted on demand, and no others', async () => {
    const others = [
      'p.events',
      'p.predictions',
      'p.bbbbbbbb.features',
      'q.aaaaaaaa.features',
      'pp.aaaaaaaa.scored',
      'p.aaaaaaa.x',
    ];
    await create(...others, 'p.aaaaaaaa.features', 'p.cccccccc.by.tailnum');
    await notePlan(OLD, log);
    await expect(pruneTopics(NEW, log)).rejects.toMatchObject({ code: 'PLAN_CHANGED' });
    await notePlan(NEW, log, 'earliest');
    expect(await pruneTopics(NEW, log)).toEqual(['p.aaaaaaaa.features', 'p.cccccccc.by.tailnum']);
    expect((await log.admin().list()).toSorted()).toEqual([...others, 'p.control'].toSorted());
    expect(await pruneTopics(NEW, log)).toEqual([]);
  });
});
