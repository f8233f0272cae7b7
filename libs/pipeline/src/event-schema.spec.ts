import { describe, expect, it } from 'vitest';

import { EventSchema } from './event-schema.ts';

const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['at', 'n'],
  additionalProperties: false,
  properties: {
    at: { type: 'string', format: 'date-time' },
    n: { type: 'integer' },
    tail: { type: ['string', 'null'] },
    kind: { enum: ['a', 'b'] },
    mail: { type: 'string', format: 'email' },
  },
};
const GOOD = { at: '2013-11-12T15:59:00Z', n: 1 };

describe('EventSchema', () => {
  const schema = new EventSchema(SCHEMA, []);

  it('lets pass what fits, null and unknown formats included', () => {
    expect(schema.violation(GOOD)).toBeNull();
    expect(schema.violation({ ...GOOD, tail: null, n: 2.0, mail: 'no address' })).toBeNull();
  });

  it('names the field, what was found and what is allowed', () => {
    expect(schema.violation({ ...GOOD, n: 'x' })).toBe('/n must be integer, found "x"');
    expect(schema.violation({ ...GOOD, n: 1.5 })).toBe('/n must be integer, found 1.5');
    expect(schema.violation({ ...GOOD, tail: 3 })).toContain('/tail must be string,null, found 3');
    expect(schema.violation({ ...GOOD, kind: 'c' })).toBe('/kind found "c"; allowed "a", "b"');
    expect(schema.violation({ ...GOOD, at: '2013-02-30T00:00:00Z' })).toBe(
      '/at must match format "date-time", found "2013-02-30T00:00:00Z"',
    );
    expect(schema.violation({ at: GOOD.at })).toBe('/n is required and missing');
    expect(schema.violation({ ...GOOD, m: 1 })).toBe('/m is not allowed; the fields are at, n, tail, kind, mail');
  });

  it('keeps the values of sensitive fields to itself', () => {
    const guarded = new EventSchema(SCHEMA, ['n']);
    expect(guarded.violation({ ...GOOD, n: 'secret' })).toBe('/n must be integer, found something else');
    expect(guarded.violation({ ...GOOD, tail: 3 })).toContain('found 3');
  });

  it('refuses a schema that is none', () => {
    expect(() => new EventSchema({ type: 'objekt' }, [])).toThrow();
  });

  it('reads the types of the fields', () => {
    expect(schema.fields.get('n')).toEqual({ cel: 'int', nullable: false });
    expect(schema.fields.get('tail')).toEqual({ cel: 'string', nullable: true });
    expect(schema.fields.get('kind')).toEqual({ cel: 'string', nullable: true });
  });
});
