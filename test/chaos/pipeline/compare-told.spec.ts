import { describe, expect, it } from 'vitest';

import { alertName, compareTold, isSameTold, windowName, windowsIn } from './compare-told.ts';

const NONE = { lost: 0, doubled: 0, strange: 0, different: 0 };
const alert = (id: string, event: string, effect = 0.3): string =>
  JSON.stringify({ id, event, effect, window: { end: '2013-12-09T05:00:00Z' } });
const window = (number: number, rows = 400, subject = 'rows'): string =>
  JSON.stringify({ number, subject, version: '1', variant: 'champion', rows });

describe('the comparison of what the monitor told', () => {
  const alerts = [alert('a', 'opened'), alert('a', 'worsened'), alert('b', 'opened')] as const;
  const [first, second, third] = alerts;

  it('finds nothing where nothing is wrong, in whatever order it was told', () => {
    const tally = compareTold(alerts, [third, first, second], alertName);
    expect(tally).toEqual({ expected: 3, ...NONE });
    expect(isSameTold(tally)).toBe(true);
  });

  it.each([
    ['an alert that is lost', [first, third], { lost: 1 }],
    ['an alert that is told twice', [first, second, third, first], { doubled: 1 }],
    ['an alert of nothing', [first, second, third, alert('c', 'opened')], { strange: 1 }],
    ['an alert with another effect', [alert('a', 'opened', 0.31), second, third], { different: 1 }],
  ])('finds %s', (_, found, mistakes) => {
    const tally = compareTold(alerts, found, alertName);
    expect(tally).toEqual({ expected: 3, ...NONE, ...mistakes });
    expect(isSameTold(tally)).toBe(false);
  });

  it('knows a window by its stream and number', () => {
    const expected = [window(0), window(0, 400, 'labels'), window(1)];
    expect(compareTold(expected, expected, windowName)).toEqual({ expected: 3, ...NONE });
    expect(compareTold(expected, [window(0), window(0, 399, 'labels')], windowName)).toEqual({
      expected: 3,
      ...NONE,
      different: 1,
      lost: 1,
    });
  });

  it('leaves out the ledger itself', () => {
    expect(windowsIn([window(0), JSON.stringify({ format: 2, offset: 7 })])).toEqual([window(0)]);
  });
});
