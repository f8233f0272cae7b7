import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

import { PIPELINE_SCHEMA } from './pipeline-schema.ts';
import { objectSchema, testPlan } from './testing/index.ts';

interface SchemaNode {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

/** A file that spells out every default of the schema. */
function defaultsOf(node: SchemaNode): Record<string, unknown> {
  const entries = Object.entries(node.properties ?? {}).map(
    ([key, part]) => [key, part.properties === undefined ? part.default : defaultsOf(part)] as const,
  );
  return Object.fromEntries(
    entries.filter(
      ([, value]) =>
        value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0),
    ),
  );
}

describe('the defaults of the JSON Schema', () => {
  it('are those of the loader', async () => {
    const { events, predict, ...sections } = defaultsOf(PIPELINE_SCHEMA as SchemaNode) as {
      events: object;
      predict: object;
    };
    expect(Object.keys(sections)).toEqual(expect.arrayContaining(['dedupe', 'topics', 'flow', 'monitor']));
    const needed = {
      apiVersion: 'millrace/v1',
      name: 'p',
      events: { e: { schema: 'e.json' } },
      predict: { on: 'e', key: 'k', model: 'm' },
      features: [{ name: 'f', value: '1' }],
    };
    const explicit = {
      ...needed,
      ...sections,
      events: { ...events, ...needed.events },
      predict: { ...predict, ...needed.predict },
    };
    const schemas = { 'e.json': objectSchema({ k: 'string' }) };
    expect(JSON.stringify(await testPlan(stringify(explicit), schemas))).toBe(
      JSON.stringify(await testPlan(stringify(needed), schemas)),
    );
  });
});
