import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import type { Plan } from '@millrace/pipeline';
import { latestByKey } from '@millrace/stream';
import { beforeEach, describe, expect, it } from 'vitest';

import { pruneTopics } from './prune-topics.ts';

const planOf = (featureSet: string): Plan =>
  ({ name: 'p', featureSet, names: { control: 'p.control' } }) as unknown as Plan;
const [OLD, NEW] = [planOf('aaaaaaaa'), planOf('bbbbbbbb')];
const OTHERS = [
  'p.events',
  'p.predictions',
  'p.bbbbbbbb.features',
  'q.aaaaaaaa.features',
  'pp.aaaaaaaa.scored',
  'p.aaaaaaa.x',
];
const LEFT = ['p.aaaaaaaa.features', 'p.cccccccc.by.tailnum'];
let log: MemoryLog;

async function create(...topics: readonly string[]): Promise<void> {
  await log.admin().create(topics.map((topic) => ({ topic, partitions: 1, replication: null, config: {} })));
}

async function note(...keys: readonly string[]): Promise<void> {
  const records = keys.map((key) => ({
    topic: 'p.control',
    partition: 0,
    key,
    value: JSON.stringify({ feature_set: 'bbbbbbbb' }),
  }));
  await log.publisher().publish(records);
}

async function notes(): Promise<readonly string[]> {
  const found = await latestByKey(log.source(), 'p.control', () => true);
  return [...found].flatMap(([key, value]) => (value === null ? [] : [key]));
}

beforeEach(async () => {
  log = new MemoryLog({ clock: new SystemClock() });
  await create('p.control', ...OTHERS, ...LEFT);
});

describe('what earlier feature sets leave behind', () => {
  it('is deleted on demand, and nothing else', async () => {
    await note('plan');
    expect(await pruneTopics(NEW, log)).toEqual(LEFT);
    expect((await log.admin().list()).toSorted()).toEqual([...OTHERS, 'p.control'].toSorted());
    expect(await pruneTopics(NEW, log)).toEqual([]);
  });

  it('takes its groups and notes with it, so that such a set may run again', async () => {
    const kept = ['plan', 'progress:bbbbbbbb:0', 'group:p.ingest.bbbbbbbb:p.events/0'];
    await note(
      ...kept,
      'offer:aaaaaaaa',
      'given-over:aaaaaaaa:0',
      'drained:aaaaaaaa:1',
      'pseudonym-key:aaaaaaaa',
      'group:p.ingest.aaaaaaaa:p.events/0',
    );
    const member = log.member({
      groupId: 'p.ingest.aaaaaaaa',
      inputs: [['p.events']],
      sessionTimeoutMs: 10_000,
      onRebalance: () => undefined,
    });
    await member.join();
    await expect(pruneTopics(NEW, log)).rejects.toMatchObject({
      code: 'PLAN_CHANGED',
      detail: expect.stringContaining('ingest of the feature set aaaaaaaa'),
    });
    expect(await log.admin().list()).toContain(LEFT[0]);
    await member.leave();
    await pruneTopics(NEW, log);
    expect(await notes()).toEqual(kept);
  });

  it('is deleted to its end where that was interrupted when the topics were gone', async () => {
    await note('plan', 'offer:dddddddd', 'given-over:dddddddd:0', 'group:p.feature.dddddddd:p.dddddddd.by.x/0');
    await pruneTopics(NEW, log);
    expect(await notes()).toEqual(['plan']);
  });

  it('stays while it is what takes events', async () => {
    await note('plan');
    await expect(pruneTopics(OLD, log)).rejects.toMatchObject({ code: 'PLAN_CHANGED' });
  });
});
