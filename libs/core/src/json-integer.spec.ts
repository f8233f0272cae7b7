import { describe, expect, it } from 'vitest';

import { jsonInteger, parseForWriting } from './json-integer.ts';

describe('jsonInteger', () => {
  it('is written in all its digits', () => {
    expect(JSON.stringify({ n: [jsonInteger(2n ** 53n + 1n), jsonInteger(-(2n ** 63n))] })).toBe(
      '{"n":[9007199254740993,-9223372036854775808]}',
    );
  });
});

describe('parseForWriting', () => {
  it.each([
    '{"n":9007199254740993,"deep":[{"m":-9223372036854775808}],"text":"9007199254740993"}',
    '[1,0.1,1e+300,null]',
  ])('gives %s back as it was', (text) => {
    expect(JSON.stringify(parseForWriting(text))).toBe(text);
  });

  it('gives other numbers as numbers', () => {
    expect(parseForWriting('[9007199254740991,0.123456789012345,"9007199254740993"]')).toEqual([
      9007199254740991,
      0.123456789012345,
      '9007199254740993',
    ]);
  });
});
