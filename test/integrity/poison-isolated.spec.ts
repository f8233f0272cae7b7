import { describe, expect, it } from 'vitest';

import { NO_MISTAKES } from '../chaos/count-results.ts';
import type { Poison } from '../chaos/numbered-record.ts';
import { Scene } from '../chaos/scene.ts';
import { brokers } from './test-log.ts';

const LARGE_BATCHES = { batchRecords: 2000, dwellMs: 0 };
const COUNT = 4000;

/** 1 in every half of a half of … a batch of 1,000. */
const inEveryPart = (place: number): boolean => place % 125 === 7;

describe('poison inside large batches', () => {
  const cases: readonly (readonly [string, (place: number) => Poison | null])[] = [
    ['that throws', (place) => (place === 1234 ? 'throws' : null)],
    ['that rejects', (place) => (place === 1234 ? 'rejects' : null)],
    ['whose output the broker does not take', (place) => (place === 1234 ? 'huge' : null)],
    ['in every half', (place) => (inEveryPart(place) ? 'throws' : null)],
    [
      'of all kinds, side by side',
      (place) => (place > 2000 && place < 2012 ? ((['throws', 'rejects', 'huge'] as const)[place % 3] ?? null) : null),
    ],
  ];

  it.each(cases)('%s becomes a dead letter, and its neighbours are answered', async (name, poisonAt) => {
    await using scene = await Scene.open({ brokers: brokers(), worker: LARGE_BATCHES });
    await scene.feed.publish(COUNT, poisonAt);
    const poisons = Array.from({ length: COUNT }, (_, place) => poisonAt(place)).filter((found) => found !== null);
    const worker = scene.start('a');
    await worker.next('committed');
    const tally = await scene.count(`poison ${name}`);
    expect(tally).toMatchObject({ ...NO_MISTAKES, deadLetters: poisons.length, out: COUNT - poisons.length });
  });
});
