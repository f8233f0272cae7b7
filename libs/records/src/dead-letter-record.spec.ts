import { describe, expect, it } from 'vitest';

import { deadLetterRecord } from './dead-letter-record.ts';
import type { DeadLetter } from './dead-letter.ts';
import { partitionOf } from './murmur2.ts';
import { headerText } from './record.ts';

const letter: DeadLetter = {
  stage: 'ingest',
  code: 'NOT_JSON',
  reason: 'a JSON object is needed',
  topic: 'flights.events',
  partition: 2,
  offset: 41,
  attempts: 1,
  key: Buffer.from('N537MQ'),
  value: Buffer.from([0xff, 0x00]),
  headers: [
    ['ce_type', Buffer.from('departed')],
    ['millrace-code', Buffer.from('of an earlier life')],
  ],
};

describe('deadLetterRecord', () => {
  it('keeps key and bytes untouched and says in headers what happened where', () => {
    const record = deadLetterRecord(letter, 'flights.dlq', 4);
    expect([record.topic, record.key, record.value]).toEqual(['flights.dlq', letter.key, letter.value]);
    expect(record.headers?.map(([name, value]) => `${name}=${String(value)}`)).toEqual([
      'millrace-stage=ingest',
      'millrace-code=NOT_JSON',
      'millrace-reason=a JSON object is needed',
      'millrace-topic=flights.events',
      'millrace-partition=2',
      'millrace-offset=41',
      'millrace-attempts=1',
      'ce_type=departed',
    ]);
  });

  it('names the type that its stage knows, unless the event has said it', () => {
    const types = (change: Partial<DeadLetter>): string[] =>
      (deadLetterRecord({ ...letter, ...change }, 'dlq', 4).headers ?? [])
        .filter(([name]) => name === 'ce_type')
        .map(([, value]) => String(value));
    expect(types({ type: 'asked' })).toEqual(['departed']);
    expect(types({ type: 'asked', headers: [] })).toEqual(['asked']);
  });

  it('is placed by its key, or by its origin without one', () => {
    expect(deadLetterRecord(letter, 'dlq', 4).partition).toBe(partitionOf('N537MQ', 4));
    expect(deadLetterRecord({ ...letter, key: null, partition: 6 }, 'dlq', 4).partition).toBe(2);
  });

  it('cuts what would not fit and says so', () => {
    const record = deadLetterRecord({ ...letter, value: Buffer.alloc(2 << 20), reason: 'x'.repeat(9000) }, 'dlq', 4);
    expect(record.value?.length).toBe(512 * 1024);
    expect(headerText(record.headers ?? [], 'millrace-truncated')).toBe('true');
    expect(headerText(record.headers ?? [], 'millrace-reason')).toHaveLength(2000);
  });
});
