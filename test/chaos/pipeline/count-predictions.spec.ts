import { describe, expect, it } from 'vitest';

import { countPredictions, type Answer } from './count-predictions.ts';

const FEATURES = new Map([
  ['a', [1, null]],
  ['b', [2, 0.5]],
  ['c', [3, 0.25]],
]);
const EXPECTED = { requests: ['a', 'b', 'c'], features: FEATURES };
const answer = (id: string): Answer => {
  const [x, y] = FEATURES.get(id) as [number, number | null];
  return { id, key: 'k', features: { x, y } };
};
const [a, b, c] = ['a', 'b', 'c'].map(answer) as [Answer, Answer, Answer];
const NONE = { lost: 0, doubled: 0, strange: 0, misorderedPerKey: 0, differentFeatures: 0 };

describe('the count of predictions', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(countPredictions(EXPECTED, [a, b, c])).toEqual({ asked: 3, answered: 3, ...NONE });
  });

  it.each([
    ['a loss', [a, c], { lost: 1 }],
    ['a duplicate', [a, b, b, c], { doubled: 1 }],
    ['an answer to nothing', [a, b, c, { ...a, id: 'x' }], { strange: 1 }],
    ['a wrong order', [b, a, c], { misorderedPerKey: 1 }],
    [
      'a feature that differs in its last bit',
      [a, { ...b, features: { x: 2, y: 0.5000000000000001 } }, c],
      { differentFeatures: 1 },
    ],
    ['a value where none belongs', [{ ...a, features: { x: 1, y: 0 } }, b, c], { differentFeatures: 1 }],
    ['a feature too few', [{ ...a, features: { x: 1 } }, b, c], { differentFeatures: 1 }],
  ] as const)('finds %s', (_, answers, mistakes) => {
    expect(countPredictions(EXPECTED, answers)).toMatchObject({ ...NONE, ...mistakes });
  });

  it('lets keys overtake each other', () => {
    expect(countPredictions(EXPECTED, [{ ...b, key: 'other' }, a, c])).toMatchObject(NONE);
  });
});
