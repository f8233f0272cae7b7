import type { TopicPartition } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import { assignPartitions } from './assign-partitions.ts';

const TOPICS = ['cheap', 'dear', 'other'];
const INPUTS = TOPICS.map((topic) => [topic]);

type Shares = ReadonlyMap<string, readonly TopicPartition[]>;

/** As a group shares out anew when its members change. */
function share(names: readonly string[], before: Shares = new Map(), partitions = 4): Shares {
  const counts = new Map(TOPICS.map((topic) => [topic, partitions]));
  const members = names.map((memberId) => ({ memberId, topics: TOPICS, previous: before.get(memberId) ?? [] }));
  return assignPartitions(INPUTS, counts, members);
}

const ofTopic = (shares: Shares, topic: string): readonly number[] =>
  [...shares.values()].map((own) => own.filter((at) => at.topic === topic).length);

/** How many partitions are where they were not. */
const moved = (before: Shares, after: Shares): number => {
  const had = (name: string, { topic, partition }: TopicPartition): boolean =>
    before.get(name)?.some((at) => at.topic === topic && at.partition === partition) ?? false;
  return [...after].flatMap(([name, own]) => own.filter((at) => !had(name, at))).length;
};

describe('sharing out partitions', () => {
  it('divides each topic among the members, also with one who had all of them', () => {
    const two = share(['a', 'b'], share(['a']));
    for (const topic of TOPICS) expect(ofTopic(two, topic)).toEqual([2, 2]);
    const four = share(['a', 'b', 'c', 'd'], two);
    for (const topic of TOPICS) expect(ofTopic(four, topic)).toEqual([1, 1, 1, 1]);
  });

  it('gives nobody more than one task over another where they do not divide evenly', () => {
    for (const names of [['a', 'b', 'c'], ['a', 'b', 'c', 'd', 'e'], 'abcdefgh'.split('')]) {
      const sizes = [...share(names).values()].map((own) => own.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });

  it('moves what must be moved and nothing else', () => {
    const one = share(['a']);
    const two = share(['a', 'b'], one);
    expect(moved(one, two)).toBe(6);
    expect(moved(two, share(['a', 'b'], two))).toBe(0);
    const three = share(['a', 'b', 'c'], two);
    expect(moved(two, three)).toBe(three.get('c')?.length);
    expect(moved(three, share(['a', 'b'], three))).toBe(three.get('c')?.length);
  });

  it('takes no session where there are two thousand partitions and a hundred members', { timeout: 10_000 }, () => {
    const names = Array.from({ length: 100 }, (_, i) => `member-${i}`);
    const first = share(names, undefined, 2000);
    for (const topic of TOPICS) expect(new Set(ofTopic(first, topic))).toEqual(new Set([20]));
    expect(moved(first, share(names, first, 2000))).toBe(0);
  });
});
