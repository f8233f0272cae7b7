import { describe, expect, it } from 'vitest';

import { EventSchema } from './event-schema.ts';

const unique = (wanted: boolean): EventSchema =>
  new EventSchema({ type: 'object', properties: { items: { type: 'array', uniqueItems: wanted } } }, []);

describe('uniqueItems of a schema', () => {
  it.each([
    ['no item', '[]'],
    ['values of other types', '[1, "1", true, "true", null, [], {}, [1], {"a": 1}]'],
    ['arrays in another order', '[[1, 2], [2, 1]]'],
    ['members of other names', '[{"a": "b,c"}, {"a,b": "c"}, {"__proto__": 1}, {}]'],
  ])('takes %s', (_, items) => {
    expect(unique(true).violation({ items: JSON.parse(items) as unknown })).toBeNull();
  });

  it.each(['[1, 1.0]', '["a", "b", "a"]', '[{"a": 1, "b": [{"c": 2, "d": 3}]}, {"b": [{"d": 3, "c": 2}], "a": 1}]'])(
    'refuses %s',
    (items) => {
      const payload = { items: JSON.parse(items) as unknown };
      expect(unique(true).violation(payload)).toContain('/items must not have the same item twice, found [');
      expect(unique(false).violation(payload)).toBeNull();
    },
  );

  it('takes no longer than the array is long', () => {
    const items = Array.from({ length: 60_000 }, (_, a) => ({ a }));
    const startedAt = performance.now();
    expect(unique(true).violation({ items })).toBeNull();
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});
