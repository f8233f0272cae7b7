import fc from 'fast-check';
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

  it('does so in the south too, where summer is in January, and in zones with half hours', () => {
    const clockOf = (zone: string, at: number): string => {
      const time = zonedTime(zone);
      return `${time.hour(at)}:${String(time.minute(at)).padStart(2, '0')}`;
    };
    const around = (zone: string, change: number) => [change - 1, change].map((at) => clockOf(zone, at));
    expect(around('Pacific/Auckland', Date.UTC(2024, 3, 6, 14))).toEqual(['2:59', '2:00']);
    expect(around('Pacific/Auckland', Date.UTC(2024, 8, 28, 14))).toEqual(['1:59', '3:00']);
    expect(around('Australia/Adelaide', Date.UTC(2024, 3, 6, 16, 30))).toEqual(['2:59', '2:00']);
    expect(around('Australia/Adelaide', Date.UTC(2024, 9, 5, 16, 30))).toEqual(['1:59', '3:00']);
    expect(around('America/New_York', Date.UTC(1960, 9, 30, 6))).toEqual(['1:59', '1:00']);
  });

  it('takes the weekday from the day that a change at midnight leaves out or begins', () => {
    const apia = zonedTime('Pacific/Apia'); // went from Thursday, 29 December 2011, to Saturday
    expect([-1, 0].map((ms) => apia.weekday(Date.UTC(2011, 11, 30, 10) + ms))).toEqual([3, 5]);
    const santiago = zonedTime('America/Santiago'); // Sunday begins at 1:00
    const begin = Date.UTC(2024, 8, 8, 4);
    expect([begin - 1, begin].map((at) => [santiago.weekday(at), santiago.hour(at)])).toEqual([
      [5, 23],
      [6, 1],
    ]);
  });

  it('agrees with Intl at any instant since 1950, in every kind of zone', () => {
    const zones =
      'America/New_York America/Santiago America/St_Johns Africa/Casablanca Asia/Kolkata Australia/Lord_Howe Europe/London Pacific/Apia Pacific/Auckland Pacific/Chatham';
    const at = fc.integer({ min: Date.UTC(1950, 0, 1), max: Date.UTC(2100, 0, 1) });
    for (const zone of zones.split(' ')) {
      const time = zonedTime(zone);
      const hourCycle = 'h23' as const;
      const intl = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle, hour: '2-digit', minute: '2-digit' });
      fc.assert(
        fc.property(at, (ms) => {
          const [hour, minute] = intl.format(ms).split(':').map(Number);
          expect([time.hour(ms), time.minute(ms)]).toEqual([hour, minute]);
        }),
        { numRuns: 300 },
      );
    }
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
    expect(zonedTime('UTC').weekday(Date.parse('0050-06-01T12:00:00Z'))).toBe(2);
    const monrovia = zonedTime('Africa/Monrovia'); // 44 minutes and 30 seconds behind, until 1972
    expect([monrovia.hour(0), monrovia.minute(0)]).toEqual([23, 15]);
  });

  it('refuses a zone that does not exist', () => {
    expect(() => zonedTime('America/Gotham')).toThrow(RangeError);
  });
});
