import { describe, expect, it } from 'vitest';

import { isNestedTooDeep, MOST_JSON_DEPTH } from './json-depth.ts';

const nested = (levels: number, inner = '1'): string =>
  Array.from({ length: levels }).reduce<string>((json, _, i) => (i % 2 === 0 ? `[${json}]` : `{"a":${json}}`), inner);

describe('isNestedTooDeep', () => {
  it('counts arrays and objects one in the other', () => {
    expect(isNestedTooDeep(nested(MOST_JSON_DEPTH))).toBe(false);
    expect(isNestedTooDeep(nested(MOST_JSON_DEPTH + 1))).toBe(true);
    expect(isNestedTooDeep('['.repeat(10_000_000))).toBe(true);
  });

  it('counts those side by side once, and none in texts', () => {
    const wide = `[${Array.from({ length: 1000 }, () => nested(3)).join(',')}]`;
    const text = JSON.stringify('\\"[{'.repeat(1000));
    expect(isNestedTooDeep(wide)).toBe(false);
    expect(isNestedTooDeep(`[${text}, ${text}]`)).toBe(false);
    expect(isNestedTooDeep(nested(MOST_JSON_DEPTH + 1, text))).toBe(true);
  });
});
