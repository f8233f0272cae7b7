import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { ALIAS_NOTE, type AliasAnswer, type AliasDecision, type AliasInForce, type AliasOffer } from './alias-notes.ts';
import { deadLetterRecord } from './dead-letter-record.ts';
import { predictionHeaders, predictionValue } from './prediction.ts';

const page = await readFile(new URL('../../../docs/topics.md', import.meta.url), 'utf8');

describe('docs/topics.md', () => {
  it('shows a prediction as it is written', () => {
    const row = {
      kind: 'scored',
      id: '2013-11-12-MQ-3572-LGA',
      at: Date.parse('2013-11-12T15:59:00Z'),
      key: 'N537MQ',
      origin: { partition: 0, offset: 0 },
      attempts: 0,
      version: '1',
      variant: 'champion',
      vector: Float32Array.of(11.9833333333, 1, 419),
      outputs: Float64Array.of(Math.fround(0.537213385105)),
      scoredAt: Date.parse('2026-01-01T00:00:00Z'),
    } as const;
    const names = {
      model: 'arrival-delay',
      featureSet: '78efd68f',
      outputs: ['probability'],
      features: ['hour_of_day', 'day_of_week', 'distance'],
    };
    expect(/```json prediction\n(.*?)\n```/s.exec(page)?.[1]).toBe(JSON.stringify(predictionValue(row, names)));
    for (const [name] of predictionHeaders('flights', row)) expect(page).toContain(`\`${name}\``);
  });

  it('names every header of a dead letter', () => {
    const letter = {
      stage: 'ingest',
      code: 'TOO_LARGE',
      reason: '',
      topic: 'flights.events',
      partition: 0,
      offset: 0,
      attempts: 0,
      key: null,
      value: new Uint8Array(1 << 20),
    };
    const written = deadLetterRecord(letter, 'flights.dlq', 1).headers?.map(([name]) => name) ?? [];
    const documented = [...page.matchAll(/`(millrace-[a-z]+)`/g)].map(([, name]) => name);
    expect(new Set(documented)).toEqual(new Set(written));
  });

  it('shows a decision as it is written', () => {
    const decision: AliasDecision = {
      decision: 'alias',
      model: 'arrival-delay',
      alias: 'champion',
      version: '2',
      before: '1',
      number: 4711,
      decided_at: '2026-01-01T00:00:00.000Z',
      decided_by: 'millrace model alias',
      ready: 2,
    };
    expect(/```json decision\n(.*?)\n```/s.exec(page)?.[1]).toBe(JSON.stringify(decision));
  });

  it('names every note about an alias, and what is in it', () => {
    const [model, member] = ['<model>', '<member>'];
    const inForce: AliasInForce = { version: '2', number: 1 };
    const offer: AliasOffer = { version: '2', members: [], run: '' };
    const answer: AliasAnswer = { number: 1, refused: null };
    const notes = [
      [ALIAS_NOTE.inForce(model, 'champion'), inForce],
      [ALIAS_NOTE.offer(model, 'champion'), offer],
      [ALIAS_NOTE.answer(model, 'champion', member), answer],
    ] as const;
    for (const [key, value] of notes) {
      const row = page.split('\n').find((line) => line.startsWith('| `<p>.control`') && line.includes(`\`${key}\``));
      for (const field of Object.keys(value)) expect(row, `${key} ${field}`).toContain(`\`${field}\``);
    }
  });
});
