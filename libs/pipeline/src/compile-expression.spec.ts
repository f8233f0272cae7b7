import { describe, expect, it } from 'vitest';

import type { CelExpression } from './cel-expression.ts';
import { compileExpression } from './compile-expression.ts';
import { fieldTypes } from './field-type.ts';
import { describeFinding } from './problems.ts';

const FIELDS = fieldTypes({
  type: 'object',
  required: ['at', 'delay', 'temp', 'seats', 'origin', 'live'],
  properties: {
    at: { type: 'string', format: 'date-time' },
    delay: { type: 'integer' },
    temp: { type: 'number' },
    seats: { type: ['integer', 'null'] },
    origin: { enum: ['EWR', 'JFK'] },
    live: { type: 'boolean' },
    note: { $ref: '#/$defs/note' },
    tags: { type: 'array', items: { type: 'string' } },
  },
  $defs: { note: { type: 'string' } },
});

function compiled(source: string, finite = false): CelExpression {
  const result = compileExpression(source, FIELDS, finite);
  if ('fault' in result) throw new Error(result.fault.found);
  return result.expression;
}

function fault(source: string): { index: number; found: string; allowed: string } {
  const result = compileExpression(source, FIELDS);
  if ('expression' in result) throw new Error(`${source} compiles`);
  return result.fault;
}

const EVENT = {
  at: '2013-11-12T15:59:00Z',
  delay: 12,
  temp: 10,
  seats: 100,
  origin: 'EWR',
  live: true,
  note: 'ok',
  tags: ['a'],
};

describe('compileExpression', () => {
  it('evaluates to plain numbers, text and booleans', () => {
    expect(compiled('delay >= 15').evaluate(EVENT)).toBe(false);
    expect(compiled('delay + 1').evaluate(EVENT)).toBe(13);
    expect(compiled('double(delay) / 5.0').evaluate(EVENT)).toBe(2.4);
    expect(compiled('origin + "!"').evaluate(EVENT)).toBe('EWR!');
    expect(compiled('"a" in tags').evaluate(EVENT)).toBe(true);
  });

  it('takes a JSON number without fraction where a number is declared', () => {
    expect(compiled('temp * 1.5 > 14').evaluate(EVENT)).toBe(true);
  });

  it('is null where a field that it needs is null or missing', () => {
    const event = { ...EVENT, seats: null, note: undefined };
    expect(
      ['seats', 'seats > 10', 'seats + delay', 'live || seats > 10', 'note == "ok"'].map((source) =>
        compiled(source).evaluate(event),
      ),
    ).toEqual(Array(5).fill(null));
  });

  it('leaves null to an expression that tests for it', () => {
    const orZero = compiled('seats == null ? 0 : seats * 2');
    expect([orZero.evaluate({ ...EVENT, seats: null }), orZero.evaluate(EVENT)]).toEqual([0, 200]);
  });

  it('has parts of the time in a zone', () => {
    const parts = [
      "hour(at, 'America/New_York')",
      "minute(at, 'America/New_York')",
      "weekday(at, 'America/New_York')",
      "hour(delay, 'UTC')",
    ];
    expect(parts.map((source) => compiled(source).evaluate(EVENT))).toEqual([10, 59, 1, 0]);
  });

  it('has log, sin, cos and a stable hash', () => {
    expect(compiled('log(temp)').evaluate(EVENT)).toBe(Math.log(10));
    expect(compiled('sin(delay) + cos(temp)').evaluate(EVENT)).toBe(Math.sin(12) + Math.cos(10));
    // FNV-1a of "foobar", from the published test vectors
    expect(compiled('hash("foobar")').evaluate(EVENT)).toBe(0xbf9cf968);
  });

  it('knows which fields it refers to', () => {
    expect([...compiled('delay > 3 && seats > 2').fields]).toEqual(['delay', 'seats']);
  });

  it('refuses wrong types when it is compiled, and says where', () => {
    expect(fault('live && delay * 2.0 > 1')).toMatchObject({ index: 8, allowed: expect.stringContaining('2.0') });
    expect(fault('delay > 1 &&')).toMatchObject({ index: 12 });
    expect(fault('1 + dely')).toMatchObject({ index: 4, found: 'unknown field dely' });
    expect(fault('sqrt(temp)').allowed).toContain('hour, minute, weekday, log, sin, cos, hash');
    expect(fault("hour(at, 'Mars/Olympus')")).toMatchObject({ index: 9, found: 'zone Mars/Olympus' });
    expect(fault('[delay]').found).toContain('list');
  });

  it.each([
    ["weekdy(at, 'UTC')", 'did you mean weekday?'],
    ["origin.startWith('E')", 'did you mean startsWith?'],
    ['weekday(at)', 'allowed weekday(string, string): int, weekday(int, string): int'],
    ['log(origin)', 'allowed log(double): double, log(int): double'],
    ["delay > 'x'", 'allowed values that > takes, of one type on both sides'],
    ['delay ? 1 : 2', 'allowed true or false there'],
    ['delay && live', 'allowed true or false there'],
    ['!delay', 'allowed true or false there'],
    ["live ? 1 : 'a'", 'allowed values of one type on both sides of the colon'],
    ['live ? 1 : 2.0', 'allowed integers with integers'],
    ['delay.x', 'allowed a dot or brackets behind an object or a list alone'],
    ['delay >', "allowed a CEL expression over the event's fields"],
    ["hour(at, 'America/New_Yrok')", 'did you mean America/New_York?'],
  ])('says of %s what would have been right', (source, hint) => {
    const result = compileExpression(source, FIELDS);
    expect('fault' in result && describeFinding(result.fault)).toContain(hint);
  });

  it('has parts of the time right where daylight saving skips or repeats an hour', () => {
    const parts = compiled("hour(at, 'Europe/Berlin') * 100 + minute(at, 'Europe/Berlin')");
    const clockAt = (at: string) => parts.evaluate({ ...EVENT, at });
    expect(['2024-03-31T00:59:59.999Z', '2024-03-31T01:00:00Z'].map(clockAt)).toEqual([159, 300]);
    expect(['2024-10-27T00:30:00Z', '2024-10-27T01:30:00Z'].map(clockAt)).toEqual([230, 230]);
    expect(['2024-03-31T01:59:00+02:00', '1969-12-31T23:30:00Z'].map(clockAt)).toEqual([59, 30]);
  });

  it('fails with EXPRESSION_FAILED where an event cannot be evaluated', () => {
    expect(() => compiled('delay / 0').evaluate(EVENT)).toThrow(
      expect.objectContaining({ code: 'EXPRESSION_FAILED', detail: 'delay / 0: division by zero.' }),
    );
    expect(() => compiled("hour(at, 'UTC')").evaluate({ ...EVENT, at: 'noon' })).toThrow(
      expect.objectContaining({ code: 'EXPRESSION_FAILED' }),
    );
    expect(() => compiled('delay + 1').evaluate({ ...EVENT, delay: 1.5 })).toThrow(
      expect.objectContaining({ code: 'EXPRESSION_FAILED' }),
    );
  });

  it('refuses an expression that is nested without end, and names that are no field of events', () => {
    expect(fault(`${'('.repeat(300)}1${')'.repeat(300)}`).found).toContain('maxDepth');
    for (const source of ['process.exit()', 'constructor', '"a".constructor', 'at.__proto__', 'eval("1")'])
      expect(() => compiled(source).evaluate(EVENT)).toThrow();
  });

  describe('has an end, whatever an event brings:', () => {
    const TAGS = Array.from({ length: 6000 }, (_, i) => `tag ${i}`);
    const seconds = (source: string, event: Readonly<Record<string, unknown>>): number => {
      const expression = compiled(source);
      const startedAt = performance.now();
      expect(() => expression.evaluate({ ...EVENT, ...event })).toThrow(
        expect.objectContaining({
          code: 'EXPRESSION_FAILED',
          detail: expect.stringContaining('goes through more than 2000000 elements'),
        }),
      );
      return (performance.now() - startedAt) / 1000;
    };

    it.each([
      ['each element beside each', 'tags.all(a, tags.exists_one(b, a == b))'],
      ['lists of lists', 'tags.map(a, tags.map(b, a)).size()'],
      ['a list of the list', 'tags.map(a, tags).filter(b, b.exists(c, c == note)).size()'],
      ['in a name', 'cel.bind(all, tags, all.exists(a, all.exists(b, a < b && b < a)))'],
      ['lists that stand there', `${'[1, 2, 3, 4, 5, 6, 7, 8, 9].all(a, '.repeat(8)}live${')'.repeat(8)}`],
    ])('%s', (_, source) => {
      expect(seconds(source, { tags: TAGS })).toBeLessThan(10);
    });

    it('a pattern for each element', () => {
      const [note, tags] = ['a'.repeat(100_000), TAGS.slice(0, 300)];
      expect(seconds("tags.exists(a, (a + note).matches('a+b'))", { tags, note })).toBeLessThan(10);
    });

    it('and goes through the longest list that fits an event', () => {
      const tags = Array.from({ length: 250_000 }, () => 'a');
      expect(compiled("tags.filter(a, a.matches('b')).map(a, a + a).exists(a, a == 'bb')").evaluate({ tags })).toBe(
        false,
      );
    });
  });

  it('refuses what is not finite only where that is asked for', () => {
    expect(compiled('log(0.0)').evaluate(EVENT)).toBe(-Infinity);
    expect(() => compiled('log(0.0)', true).evaluate(EVENT)).toThrow(
      expect.objectContaining({ code: 'EXPRESSION_FAILED' }),
    );
  });
});
