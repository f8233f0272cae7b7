import { ERROR_TABLE } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { decodeCountsRecord } from './count-codec.ts';
import type { DeadLetter } from './dead-letter.ts';
import { LETTER_CODES, LETTER_PLACES, LETTER_STAGES, LetterTally } from './letter-tally.ts';

const HOUR = 3_600_000;
const hours = { spanOf: (at: number) => ({ start: at - (at % HOUR), end: at - (at % HOUR) + HOUR }) };

function letter(stage: string, code: string, at?: number): DeadLetter {
  const event = { topic: 'p.events', partition: 0, offset: 1, attempts: 0, key: null, value: null };
  return { stage, code, reason: 'so', at, ...event };
}

describe('the tally of dead letters', () => {
  it('has a place for every code of a dead letter', () => {
    const poison = Object.entries(ERROR_TABLE).flatMap(([code, row]) => (row.class === 'poison' ? [code] : []));
    expect([...LETTER_CODES].toSorted()).toEqual(poison.toSorted());
  });

  it('counts by stage and code, in the window of the event', () => {
    const letters = [
      letter('scorer', 'MODEL_FAILED', HOUR),
      letter('scorer', 'NAN_NOT_ALLOWED', HOUR + 1),
      letter('feature', 'POISON', 3 * HOUR),
      letter('feature', 'POISON'),
    ];
    const found = new LetterTally('p.counts', hours).records(letters).map(({ topic, value }) => {
      const delta = decodeCountsRecord(value as Buffer);
      if (delta.kind !== 'delta') throw new Error(delta.kind);
      const counts = Array.from(delta.counts[1] ?? []);
      const stages = LETTER_STAGES.filter((_, i) => (counts[LETTER_PLACES.stages + i] ?? 0) > 0);
      const codes = LETTER_CODES.filter((_, i) => (counts[LETTER_PLACES.codes + i] ?? 0) > 0);
      return [topic, delta.subject, delta.start / HOUR, counts[LETTER_PLACES.all], ...stages, ...codes];
    });
    expect(found).toEqual([
      ['p.counts', 'events', 1, 2, 'scorer', 'MODEL_FAILED', 'NAN_NOT_ALLOWED'],
      ['p.counts', 'events', 3, 1, 'feature', 'POISON'],
    ]);
  });

  it('says nothing where there is none', () => {
    expect(new LetterTally('p.counts', hours).records([])).toEqual([]);
  });
});
