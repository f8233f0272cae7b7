import { describe, expect, it } from 'vitest';

import { joinAnswers, type Answer } from './join-answers.ts';

const ASKED = new Map([
  ['a', { dueAtMs: 100, key: 'k' }],
  ['b', { dueAtMs: 200, key: 'k' }],
  ['c', { dueAtMs: 300, key: 'other' }],
]);
const answer = (id: string): Answer => ({ id, at: 1000, seenAt: 1002 });
const [a, b, c] = ['a', 'b', 'c'].map(answer) as [Answer, Answer, Answer];

describe('answers joined to what was asked', () => {
  it('have waited since their request was due, until they were appended and until they were seen', () => {
    expect(joinAnswers(ASKED, [a, b, c])).toEqual({
      waits: [
        { dueAtMs: 100, ms: 900, seenMs: 902 },
        { dueAtMs: 200, ms: 800, seenMs: 802 },
        { dueAtMs: 300, ms: 700, seenMs: 702 },
      ],
      doubled: 0,
      misordered: 0,
    });
  });

  it.each([
    ['a loss', [a, c], { answered: 2 }],
    ['a duplicate', [a, b, b, c], { doubled: 1 }],
    ['an answer to nothing', [a, b, c, answer('x')], { doubled: 1 }],
    ['a wrong order of a key', [b, a, c], { misordered: 1 }],
    ['no mistake where keys overtake each other', [c, a, b], {}],
  ])('show %s', (_, answers, found) => {
    const { waits, doubled, misordered } = joinAnswers(ASKED, answers);
    expect({ answered: waits.length, doubled, misordered }).toEqual({
      answered: 3,
      doubled: 0,
      misordered: 0,
      ...found,
    });
  });
});
