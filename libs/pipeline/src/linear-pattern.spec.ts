import { describe, expect, it } from 'vitest';

import { compileExpression } from './compile-expression.ts';
import { EventSchema } from './event-schema.ts';
import { fieldTypes } from './field-type.ts';
import { linearPattern } from './linear-pattern.ts';

/** With these JavaScript's own expressions take longer than anybody has. */
const SLOW: readonly (readonly [pattern: string, text: string])[] = [
  ['^(a+)+$', `${'a'.repeat(20_000)}!`],
  ['^(a|a)*$', `${'a'.repeat(20_000)}!`],
  ['^(\\w+\\s?)*$', `${'word '.repeat(4000)}!`],
];
const MOST_MS = 2000;

function took(work: () => void): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}

describe('a pattern', () => {
  it.each([
    ['b', 'abc', true],
    ['^\\d{3}-\\d{4}$', '555-1234', true],
    ['^\\u0041\\/[\\-]$', 'A/-', true],
    ['^\\p{L}+$', 'Käse', true],
    ['^.$', '😀', true],
    ['^b', 'abc', false],
  ])('%s finds in %s what JavaScript does: %j', (source, text, found) => {
    expect(new RegExp(source, 'u').test(text)).toBe(found);
    expect(linearPattern(source).test(text)).toBe(found);
  });

  it.each(SLOW)('%s of a schema takes no longer than the text is long', (pattern, text) => {
    const schema = new EventSchema({ type: 'object', properties: { a: { type: 'string', pattern } } }, []);
    expect(took(() => expect(schema.violation({ a: text })).toContain('must match pattern'))).toBeLessThan(MOST_MS);
  });

  it.each(SLOW)('%s of an expression takes no longer than the text is long', (pattern, text) => {
    const fields = fieldTypes({ type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } });
    for (const source of [`a.matches(${JSON.stringify(pattern)})`, 'a.matches(b)']) {
      const compiled = compileExpression(source, fields);
      if (!('expression' in compiled)) throw new Error(JSON.stringify(compiled));
      const evaluate = (): void => expect(compiled.expression.evaluate({ a: text, b: pattern })).toBe(false);
      expect(took(evaluate)).toBeLessThan(MOST_MS);
    }
  });

  it('that looks around or back is refused when the file is loaded', () => {
    for (const pattern of ['^(?=a)b', '(a)\\1']) {
      expect(() => new EventSchema({ properties: { a: { pattern } } }, [])).toThrow(/parsing regexp/);
      const fields = fieldTypes({ properties: { a: { type: 'string' } } });
      expect(compileExpression(`a.matches(${JSON.stringify(pattern)})`, fields)).toHaveProperty('fault');
    }
  });
});
