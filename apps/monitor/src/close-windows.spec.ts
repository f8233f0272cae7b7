import { describe, expect, it } from 'vitest';

import { closeByRows, closeUpTo, type ClosedWindow } from './close-windows.ts';
import { NO_WINDOWS, withDelta, type MergedWindow, type MergedWindows } from './merged-windows.ts';

const SETTING = { everyMs: 10, rows: null, starts: null, zone: 'UTC', minRows: 100, atMostMs: 50 };

/** Steps of 10 ms with so many rows each; null: no delta came. */
function steps(...rows: readonly (number | null)[]): MergedWindows {
  return rows.reduce<MergedWindows>(
    (windows, n, i) => (n === null ? windows : withDelta(windows, delta(i * 10, n))),
    NO_WINDOWS,
  );
}

const delta = (start: number, rows: number, version = '1') =>
  ({
    kind: 'delta',
    subject: 'rows',
    version,
    variant: 'champion',
    start,
    end: start + 10,
    rows,
    counts: [[rows, 1]],
    blocks: [],
  }) as const;
const window = (start: number, rows: number): MergedWindow => ({ ...delta(start, rows), counts: [[rows, 1]] });
const told = (closed: readonly ClosedWindow[]) =>
  closed.map(({ start, end, rows, enough }) => [start, end, rows, enough]);

describe('closing windows', () => {
  it('adds up the deltas of a window', () => {
    const { open } = withDelta(withDelta(NO_WINDOWS, delta(0, 5)), delta(0, 7));
    expect(open).toMatchObject([{ rows: 12, counts: [[12, 2]] }]);
  });

  it('leaves open what ends behind the horizon', () => {
    const { windows, closed } = closeUpTo(20, steps(100, 100, 100), SETTING);
    expect(told(closed)).toEqual([
      [0, 10, 100, true],
      [10, 20, 100, true],
    ]);
    expect(windows.open.map(({ start }) => start)).toEqual([20]);
  });

  it('goes on until there are enough rows', () => {
    const first = closeUpTo(20, steps(40, 40, 40, 100), SETTING);
    expect(told(first.closed)).toEqual([]);
    const second = closeUpTo(40, first.windows, SETTING);
    expect(told(second.closed)).toEqual([
      [0, 30, 120, true],
      [30, 40, 100, true],
    ]);
  });

  it('gives up after `at_most`, whether rows still come or not', () => {
    expect(told(closeUpTo(60, steps(10, 10, 10, 10, 10, 100), SETTING).closed)).toEqual([
      [0, 50, 50, false],
      [50, 60, 100, true],
    ]);
    expect(told(closeUpTo(50, steps(10), SETTING).closed)).toEqual([[0, 10, 10, false]]);
    expect(told(closeUpTo(49, steps(10), SETTING).closed)).toEqual([]);
    expect(told(closeUpTo(70, steps(10, null, null, null, null, null, 100), SETTING).closed)).toEqual([
      [0, 10, 10, false],
      [60, 70, 100, true],
    ]);
  });

  it('never lets a calendar window go on', () => {
    const { closed } = closeUpTo(20, steps(99, 100), { ...SETTING, starts: 'monday' });
    expect(told(closed)).toEqual([
      [0, 10, 99, false],
      [10, 20, 100, true],
    ]);
  });

  it('keeps versions apart', () => {
    const windows = withDelta(withDelta(steps(60), delta(0, 60, '2')), delta(10, 60, '2'));
    expect(closeUpTo(20, windows, SETTING).closed.map(({ version, rows }) => [version, rows])).toEqual([['2', 120]]);
  });

  it('cuts by rows at whole deltas', () => {
    const first = closeByRows(100, NO_WINDOWS, window(0, 60));
    const second = closeByRows(100, first.windows, window(7, 70));
    expect(told(second.closed)).toEqual([[0, 17, 130, true]]);
    expect(second.windows.running).toEqual([]);
  });

  it('closes the same windows in one stride as in many', () => {
    const all = steps(10, 120, null, 30, 30, 60, null, null, 10, 10, 10, 10, 10, 200);
    let windows = all;
    const piecemeal: ClosedWindow[] = [];
    for (let horizon = 0; horizon <= 200; horizon += 10) {
      const closing = closeUpTo(horizon, windows, SETTING);
      windows = closing.windows;
      piecemeal.push(...closing.closed);
    }
    expect(told(piecemeal)).toEqual(told(closeUpTo(200, all, SETTING).closed));
  });
});
