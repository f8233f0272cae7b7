import { describe, expect, it } from 'vitest';

import { textCondition } from './text-condition.ts';

const NAMES = ['stage', 'code', 'type', 'key'] as const;
const TEXTS = { stage: 'ingest', code: 'NO_ID', type: 'departed', key: '' };

describe('a condition over texts', () => {
  it.each([
    ['stage == "ingest" && code != "NOT_JSON"', true],
    ['code in ["NO_ID", "NO_TIME"]', true],
    ['type == "departed"', true],
    ['"type" == type', false],
    ['["arrived"].exists(t, t == type) || type.startsWith("dep")', true],
    ['type(stage) == string && key == ""', true],
    ['key.matches("^N[0-9]+")', false],
  ])('holds or not: %s', (source, holds) => {
    expect(textCondition(source, NAMES)(TEXTS)).toBe(holds);
  });

  it.each([
    ['stag == "ingest"', /unknown field stag; allowed stage, code, type, key; did you mean stage\?/],
    ['stage == 1', /no such overload: string == int; allowed a CEL condition over the texts stage, code, type, key/],
    ['type == 1', /no such overload: string == int/],
    ['stage ==', /Unexpected token/],
    ['stage', /an expression of type string; allowed one that is true or false/],
    ['', /Unexpected/],
  ])('is refused in one line where it is wrong: %s', (source, why) => {
    let thrown: unknown;
    try {
      textCondition(source, NAMES);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'WRONG_USE', detail: expect.stringMatching(why) });
    expect((thrown as Error).message).not.toMatch(/\n|type_of_event/);
  });
});
