import { describe, expect, it } from 'vitest';

import { outOfRange } from './out-of-range.ts';

const at = { topic: 't', partition: 0 };
const bounds = { first: 10, lastStable: 25 };

describe('an offset that the log does not have', () => {
  it('is told with what is lost: from where, to where, how many, since when', () => {
    const { code, detail } = outOfRange({ at, asked: 4, bounds, firstTimestamp: Date.UTC(2026, 0, 2, 3, 4, 5) });
    expect(code).toBe('OFFSET_OUT_OF_RANGE');
    expect(detail).toContain('t/0 has lost its offsets 4 to 9 (6 of them)');
    expect(detail).toContain('the log has 10 to 25');
    expect(detail).toContain('its first record is of 2026-01-02T03:04:05.000Z');
    expect(detail).toContain('Set on_out_of_range');
  });

  it('may have no record behind it', () => {
    const emptied = { at, asked: 4, bounds: { first: 10, lastStable: 10 }, firstTimestamp: null };
    expect(outOfRange(emptied).detail).toContain('the log has 10 to 10, and no record any more');
  });

  it('lies behind the end where the topic is not the one of before', () => {
    const { detail } = outOfRange({ at, asked: 40, bounds, firstTimestamp: 1 });
    expect(detail).toContain('t/0 was read up to offset 40 and its log has 10 to 25 only');
    expect(detail).toContain('created anew');
  });
});
