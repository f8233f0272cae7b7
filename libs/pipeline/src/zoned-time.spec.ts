import { describe, expect, it } from 'vitest';

import { zonedTime, ZonedTime } from './zoned-time.ts';

describe('ZonedTime', () => {
  it('repeats an hour when daylight saving ends and skips one when it begins', () => {
    const newYork = new ZonedTime('America/New_York');
    const end = Date.UTC(2013, 10, 3, 5, 30);
    expect([0, 1, 2].map((hours) => newYork.hour(end + hours * 3_600_000))).toEqual([1, 1, 2]);
    const begin = Date.UTC(2013, 2, 10, 6, 30);
    expect([0, 1].map((hours) => newYork.hour(begin + hours * 3_600_000))).toEqual([1, 3]);
  });

  it('changes at the very instant, also within an hour that was asked for before', () => {
    const lordHowe = new ZonedTime('Australia/Lord_Howe');
    const change = Date.UTC(2024, 9, 5, 15, 30);
    expect([change - 60_000, change, change - 60_000].map((at) => [lordHowe.hour(at), lordHowe.minute(at)])).toEqual([
      [1, 59],
      [2, 30],
      [1, 59],
    ]);
  });

  it('counts weekdays from Monday, by the local date', () => {
    const monday = Date.UTC(2013, 10, 11, 0, 30);
    expect([
      zonedTime('UTC').weekday(monday),
      zonedTime('America/New_York').weekday(monday),
      zonedTime('UTC').weekday(-1),
    ]).toEqual([0, 6, 2]);
  });

  it('knows zones with half and quarter hours, and instants before 1970', () => {
    const kathmandu = zonedTime('Asia/Kathmandu');
    expect([kathmandu.hour(0), kathmandu.minute(0)]).toEqual([5, 30]);
    const now = Date.UTC(2024, 0, 1);
    expect([kathmandu.hour(now), kathmandu.minute(now)]).toEqual([5, 45]);
    expect(zonedTime('UTC').hour(-1)).toBe(23);
  });

  it('refuses a zone that does not exist', () => {
    expect(() => zonedTime('America/Gotham')).toThrow(RangeError);
  });
});
