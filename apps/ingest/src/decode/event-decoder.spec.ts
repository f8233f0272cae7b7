import { beforeAll, describe, expect, it } from 'vitest';

import { asked, NEW_YEAR, rideRecord, ridesPlan, watermark } from '../testing/rides.ts';
import { EventDecoder } from './event-decoder.ts';

let decoder: EventDecoder;
beforeAll(async () => {
  decoder = new EventDecoder(await ridesPlan());
});

const decode = (value: unknown, headers: Readonly<Record<string, string>> = {}) =>
  decoder.decode(rideRecord({ value, headers }));
const { type: _type, ...payload } = asked(NEW_YEAR);

describe('EventDecoder', () => {
  it.each([
    ['the field type', asked(NEW_YEAR), {}],
    ['the header ce_type', payload, { ce_type: 'asked', 'content-type': 'application/json' }],
    ['both', asked(NEW_YEAR), { ce_type: 'asked' }],
    [
      'structured mode',
      { specversion: '1.0', type: 'asked', id: 'x', data: payload },
      { 'content-type': 'application/cloudevents+json; charset=UTF-8' },
    ],
  ])('takes the type from %s and leaves it out of the payload', (_, value, headers) => {
    expect(decode(value, headers)).toMatchObject({
      kind: 'event',
      plan: { type: 'asked' },
      id: `ask-${NEW_YEAR}`,
      at: NEW_YEAR,
      payload,
    });
  });

  it.each([
    ['headers', { any: 1 }, { ce_type: 'seen', ce_id: 'a', ce_time: '2026-01-01T00:00:00Z' }],
    [
      'attributes',
      { type: 'seen', id: 'a', time: '2026-01-01T00:00:00Z', data: { any: 1 } },
      { 'content-type': 'application/cloudevents+json' },
    ],
  ])('takes id and time from CloudEvents %s where the pipeline names no field', (_, value, headers) => {
    expect(decode(value, headers)).toMatchObject({ kind: 'event', id: 'a', at: NEW_YEAR, payload: { any: 1 } });
  });

  it.each([
    ['no value', null, {}, 'NOT_JSON', 'no value'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), {}, 'NOT_JSON', 'not UTF-8'],
    ['broken JSON', Buffer.from('{"secret":tru'), {}, 'NOT_JSON', 'not JSON'],
    ['an array', [asked(NEW_YEAR)], {}, 'NOT_JSON', 'an array'],
    ['null', Buffer.from('null'), {}, 'NOT_JSON', 'null'],
    [
      'a structured event without data',
      { type: 'asked' },
      { 'content-type': 'application/cloudevents+json' },
      'NOT_JSON',
      'data',
    ],
    ['no type', payload, {}, 'UNKNOWN_TYPE', 'no type'],
    ['a type that is no text', { type: 7 }, {}, 'UNKNOWN_TYPE', 'no type'],
    ['an unknown type', { type: 'askd' }, {}, 'UNKNOWN_TYPE', '"askd"; the pipeline file has asked, ended, seen'],
    ['a wrong field', asked(NEW_YEAR, { distance: 'far' }), {}, 'SCHEMA_VIOLATION', '/distance'],
    [
      'another type in the payload',
      asked(NEW_YEAR, { type: 'ended' }),
      { ce_type: 'asked' },
      'SCHEMA_VIOLATION',
      'type',
    ],
    ['no id', { any: 1 }, { ce_type: 'seen', ce_time: '2026-01-01T00:00:00Z' }, 'NO_ID', 'ce_id'],
    ['an empty id', asked(NEW_YEAR, { id: '' }), {}, 'NO_ID', 'the field id'],
    [
      'an id of 2 kB',
      { any: 1 },
      { ce_type: 'seen', ce_id: 'é'.repeat(1000), ce_time: '2026-01-01T00:00:00Z' },
      'KEY_TOO_LARGE',
      '2000 bytes',
    ],
    ['no time', { any: 1 }, { ce_type: 'seen', ce_id: 'a' }, 'NO_TIME', 'ce_time'],
    ['a time that is none', asked(NEW_YEAR, { at: 'yesterday' }), {}, 'NO_TIME', 'the field at'],
    [
      'an event over events.max_bytes',
      asked(NEW_YEAR, { zone: 'x'.repeat(3000) }),
      {},
      'TOO_LARGE',
      'events.max_bytes allows 2048',
    ],
  ])('refuses %s', (_, value, headers, code, reason) => {
    expect(decode(value, headers)).toMatchObject({ kind: 'rejected', code, reason: expect.stringContaining(reason) });
  });

  it('quotes nothing of what is not JSON', () => {
    expect(JSON.stringify(decode(Buffer.from('{"secret":tru')))).not.toContain('secret');
  });

  it('takes __proto__ for a field like any other, which lends nothing to the event', () => {
    const { rider: _rider, ...rest } = asked(NEW_YEAR);
    const text = JSON.stringify(rest).replace('{', '{"__proto__":{"rider":"ann","polluted":1},');
    expect(decoder.decode(rideRecord({ value: Buffer.from(text) }))).toMatchObject({ kind: 'rejected' });
    expect('polluted' in {}).toBe(false);
  });

  it('decodes a record once', () => {
    const record = rideRecord({ value: asked(NEW_YEAR) });
    expect(decoder.decode(record)).toBe(decoder.decode(record));
  });
});

describe('a watermark', () => {
  it('has a promise, a time and partitions', () => {
    expect(decode(watermark(NEW_YEAR, { before: '2026-01-01T00:00:00Z', partitions: [1, 0] }))).toEqual({
      kind: 'watermark',
      promise: 'p1',
      before: NEW_YEAR,
      partitions: [0, 1],
      idle: false,
    });
  });

  it('may end the promise and say nothing more', () => {
    expect(decode({ type: 'millrace.watermark', promise: 'p1', idle: true })).toEqual({
      kind: 'watermark',
      promise: 'p1',
      before: null,
      partitions: null,
      idle: true,
    });
  });

  it.each([
    [{ promise: 7 }, 'promise'],
    [{ promise: '' }, 'promise'],
    [{ promise: 'x'.repeat(129) }, 'promise'],
    [{ before: undefined }, 'before'],
    [{ before: 'soon' }, 'before'],
    [{ before: 2 ** 51 }, 'before'],
    [{ partitions: undefined }, 'partitions'],
    [{ partitions: [] }, 'partitions'],
    [{ partitions: [0, 0] }, 'partitions'],
    [{ partitions: [0, -1] }, 'partitions'],
    [{ partitions: 'all' }, 'partitions'],
    [{ idle: 'yes' }, 'idle'],
  ])('is refused with %j', (fields, reason) => {
    expect(decode(watermark(NEW_YEAR, fields))).toMatchObject({
      code: 'BAD_WATERMARK',
      reason: expect.stringMatching(`^${reason}`),
    });
  });
});
