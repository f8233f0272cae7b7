import { describe, expect, it } from 'vitest';

import { stageKey } from './stage-key.ts';

describe('the key of a stage', () => {
  it('is the field as text: texts, numbers, true and false, the empty text too', () => {
    const keys = ['JFK', '', 7, 0, 1.5, true, false].map((a) => stageKey(['a'], { a }));
    expect(keys).toEqual(['JFK', '', '7', '0', '1.5', 'true', 'false']);
  });

  it('is JSON of several fields, so that no two different ones are the same', () => {
    expect(stageKey(['a', 'b'], { a: 'x', b: 7 })).toBe('["x",7]');
    const keys = [
      { a: 'x,y', b: 'z' },
      { a: 'x', b: 'y,z' },
      { a: '7', b: true },
      { a: 7, b: 'true' },
    ].map((payload) => stageKey(['a', 'b'], payload));
    expect(new Set(keys).size).toBe(4);
  });

  it('does not exist where one of the fields is null or absent', () => {
    const payloads = [{ a: null, b: 'x' }, { a: 'x', b: null }, { a: 'x' }, {}];
    expect(payloads.map((payload) => stageKey(['a', 'b'], payload))).toEqual([null, null, null, null]);
  });

  it('has 1,024 bytes of UTF-8 at most', () => {
    for (const letter of ['x', 'é', '€']) {
      const most = Math.floor(1024 / Buffer.byteLength(letter));
      expect(stageKey(['a'], { a: letter.repeat(most) })).toHaveLength(most);
      expect(() => stageKey(['a'], { a: letter.repeat(most + 1) })).toThrow(
        expect.objectContaining({ code: 'KEY_TOO_LARGE', detail: expect.stringContaining('1024 are allowed') }),
      );
    }
  });
});
