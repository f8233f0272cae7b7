import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseExactJson } from './exact-json.ts';

/** The same with its bigints as the numbers that JSON.parse would give. */
function rounded(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rounded(one)]));
}

describe('parseExactJson', () => {
  it('reads all JSON as JSON.parse does, but for integers beyond 2^53', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(rounded(parseExactJson(text))).toStrictEqual(JSON.parse(text));
      }),
    );
  });

  it('keeps every digit of an integer', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (integer) => {
        const [found] = parseExactJson(`[${integer}]`) as [number | bigint];
        expect(BigInt(found)).toBe(integer);
        expect(typeof found).toBe(Number.isSafeInteger(Number(integer)) ? 'number' : 'bigint');
      }),
    );
  });

  it('leaves the digits of fractions, exponents and texts alone', () => {
    expect(parseExactJson('[0.12345678901234567890, 12345678901234567890.5, 1e20, "12345678901234567890"]')).toEqual([
      0.12345678901234568,
      12345678901234567000,
      1e20,
      '12345678901234567890',
    ]);
  });

  it('reads the numbers that JSON does not have, and no text for one', () => {
    expect(parseExactJson('[NaN, Infinity, -Infinity, -Inf, Inf, "NaN", "a\\"Inf\\\\", {"NaN": NaN}]')).toEqual([
      null,
      Infinity,
      -Infinity,
      -Infinity,
      Infinity,
      'NaN',
      'a"Inf\\',
      { NaN: null },
    ]);
  });

  it('takes no longer, and no more stack, for texts that are long or do not end', () => {
    const escapes = '\\"'.repeat(1_000_000);
    expect(parseExactJson(`[NaN,"${escapes}"]`)).toEqual([null, '"'.repeat(1_000_000)]);
    expect(() => parseExactJson(`[NaN,"${escapes}`)).toThrow(SyntaxError);
    expect(parseExactJson(`[${'1'.repeat(1_000_000)}]`)).toEqual([Infinity]);
  });

  it.each(['', '{', '[1,]', '[nan]', '[NaNs]', '{"a":01}', "{'a':1}"])('refuses %j', (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });
});
