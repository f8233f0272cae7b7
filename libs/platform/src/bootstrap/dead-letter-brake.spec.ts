import { ManualClock } from '@millrace/core/testing';
import type { DeadLetter } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import { DeadLetterBrake } from './dead-letter-brake.ts';

const LETTER: DeadLetter = {
  stage: 'ingest',
  code: 'NOT_JSON',
  reason: '',
  topic: 't',
  partition: 0,
  offset: 0,
  attempts: 0,
  key: null,
  value: null,
};

describe('DeadLetterBrake', () => {
  function brake(most: number) {
    const clock = new ManualClock();
    const stops: string[] = [];
    const observer = new DeadLetterBrake(most, clock, ({ code }) => stops.push(code));
    return {
      clock,
      stops,
      letters: (count: number) => observer.committed([], { deadLetters: Array.from({ length: count }, () => LETTER) }),
    };
  }

  it('stops the service when there are more in a minute than allowed', () => {
    const { clock, stops, letters } = brake(10);
    letters(6);
    clock.advance(59_999);
    letters(4);
    expect(stops).toEqual([]);
    letters(1);
    expect(stops).toEqual(['DEAD_LETTERS_EXCEEDED']);
  });

  it('forgets what is a minute ago', () => {
    const { clock, stops, letters } = brake(10);
    letters(10);
    clock.advance(60_000);
    letters(10);
    expect(stops).toEqual([]);
  });
});
