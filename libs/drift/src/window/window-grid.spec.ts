import { describe, expect, it } from 'vitest';

import { windowGrid } from './window-grid.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (text: string): number => Date.parse(text);
const iso = ({ start, end }: { start: number; end: number }): string[] =>
  [start, end].map((ms) => new Date(ms).toISOString().replace('.000Z', 'Z'));

describe('windows by event time', () => {
  it('are cut from the epoch without `starts`', () => {
    const grid = windowGrid({ everyMs: HOUR, starts: null, zone: 'UTC' });
    expect(iso(grid.spanOf(at('2013-11-12T15:59:00Z')))).toEqual(['2013-11-12T15:00:00Z', '2013-11-12T16:00:00Z']);
    expect(grid.spanOf(-1)).toEqual({ start: -HOUR, end: 0 });
  });

  it('begin with their first millisecond and end before the next', () => {
    const grid = windowGrid({ everyMs: 7 * DAY, starts: 'monday', zone: 'America/New_York' });
    expect(iso(grid.spanOf(at('2013-12-09T05:00:00Z') - 1))[1]).toBe('2013-12-09T05:00:00Z');
    expect(iso(grid.spanOf(at('2013-12-09T05:00:00Z')))[0]).toBe('2013-12-09T05:00:00Z');
  });

  it('follow the clocks of their zone: a week with a change has 169 hours', () => {
    const grid = windowGrid({ everyMs: 7 * DAY, starts: 'monday', zone: 'America/New_York' });
    const week = grid.spanOf(at('2013-11-01T00:00:00Z'));
    expect(iso(week)).toEqual(['2013-10-28T04:00:00Z', '2013-11-04T05:00:00Z']);
    expect(week.end - week.start).toBe(169 * HOUR);
  });

  it('begin at a time of day', () => {
    const grid = windowGrid({ everyMs: DAY, starts: '06:30', zone: 'Europe/Berlin' });
    expect(iso(grid.spanOf(at('2024-03-31T04:29:59Z')))).toEqual(['2024-03-30T05:30:00Z', '2024-03-31T04:30:00Z']);
    expect(iso(grid.spanOf(at('2024-03-31T04:30:00Z')))).toEqual(['2024-03-31T04:30:00Z', '2024-04-01T04:30:00Z']);
  });

  it('of several weeks follow one another without a gap', () => {
    const grid = windowGrid({ everyMs: 14 * DAY, starts: 'sunday', zone: 'America/New_York' });
    let span = grid.spanOf(at('2013-01-01T00:00:00Z'));
    for (let i = 0; i < 60; i++) {
      const next = grid.spanOf(span.end);
      expect(next.start).toBe(span.end);
      expect(grid.spanOf(next.end - 1)).toEqual(next);
      span = next;
    }
  });

  it.each([
    [7 * DAY, 'mondays', 'UTC', /starts is mondays; allowed are monday, .* and a time of day/],
    [DAY, 'monday', 'UTC', /every is 1 days; .* multiple of 7d/],
    [HOUR, '06:30', 'UTC', /multiple of 1d/],
    [DAY, '06:30', 'Mars/Olympus', /no IANA zone/],
  ])('refuse what does not fit: %d ms, %s, %s', (everyMs, starts, zone, message) => {
    expect(() => windowGrid({ everyMs, starts, zone })).toThrow(message);
  });
});
