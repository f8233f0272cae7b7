import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseEventTime, parseRfc3339 } from './event-time.ts';

describe('parseEventTime', () => {
  it('agrees with Date for every instant from year 0 to 9999', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('0000-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59.999Z'),
          noInvalidDate: true,
        }),
        (date) => {
          expect(parseEventTime(date.toISOString())).toBe(date.getTime());
        },
      ),
    );
  });

  it('reads offsets, lower case and a blank between date and time', () => {
    const noon = Date.UTC(2013, 10, 12, 12);
    expect(
      [
        '2013-11-12T12:00:00Z',
        '2013-11-12t12:00:00z',
        '2013-11-12 12:00:00Z',
        '2013-11-12T07:00:00-05:00',
        '2013-11-12T17:30:00+05:30',
      ].map(parseRfc3339),
    ).toEqual(Array(5).fill(noon));
  });

  it('cuts fractions to milliseconds', () => {
    expect(
      ['2013-11-12T12:00:00.5Z', '2013-11-12T12:00:00.0129999Z'].map((text) => (parseRfc3339(text) ?? 0) % 1000),
    ).toEqual([500, 12]);
  });

  it('takes epoch milliseconds as an integer only', () => {
    expect(
      [1_384_271_940_000, -5, 1.5, 2 ** 50 + 1, Number.NaN, '1384271940000', null, true].map(parseEventTime),
    ).toEqual([1_384_271_940_000, -5, null, null, null, null, null, null]);
  });

  it('refuses what is no RFC 3339 time', () => {
    const wrong = [
      '2013-11-12',
      '2013-11-12T12:00:00',
      '2013-11-12T12:00Z',
      '2013-02-29T00:00:00Z',
      '1900-02-29T00:00:00Z',
      '2013-13-01T00:00:00Z',
      '2013-04-31T00:00:00Z',
      '2013-11-12T24:00:00Z',
      '2013-11-12T12:60:00Z',
      '2013-11-12T12:00:61Z',
      '2013-11-12T12:00:00.Z',
      '2013-11-12T12:00:00Zx',
      '2013-11-12T12:00:00+0500',
      '2013-11-12T12:00:00+24:00',
      '12013-11-12T12:00:00Z',
      '2013-1a-12T12:00:00Z',
    ];
    expect(wrong.filter((text) => parseRfc3339(text) !== null)).toEqual([]);
    expect(parseRfc3339('2012-02-29T00:00:00Z')).not.toBeNull();
  });
});
