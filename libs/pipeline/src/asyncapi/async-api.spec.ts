import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import specs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';

import { loadPlan } from '../load-plan.ts';
import { parsePipeline } from '../parse-pipeline.ts';
import type { JsonSchema, Plan } from '../plan.ts';
import { asyncApi } from './async-api.ts';

const ROOT = new URL('../../../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

interface Document {
  readonly channels: Readonly<
    Record<
      string,
      {
        readonly address: string;
        readonly messages: Readonly<Record<string, { readonly $ref: string }>>;
        readonly bindings: unknown;
      }
    >
  >;
  readonly operations: Readonly<
    Record<string, { readonly action: string; readonly channel: { readonly $ref: string } }>
  >;
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly headers: JsonSchema; readonly payload: JsonSchema }>>;
  };
}

let plan: Plan;
let document: Document;
beforeAll(async () => {
  plan = await loadPlan(fileURLToPath(new URL('examples/flights/pipeline.yaml', ROOT)));
  document = asyncApi(plan) as unknown as Document;
});

/** Null where a value fits a schema of the document. */
function misfit(schema: JsonSchema, value: unknown): string | null {
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': /^\d{4}-\d\d-\d\dT.*Z$/ } });
  ajv.addSchema(document, 'document');
  return ajv.validate(schema, value) ? null : ajv.errorsText();
}

const ajv = new Ajv({ strict: false, logger: false, validateFormats: false, meta: false, validateSchema: false });
const official = ajv.compile(specs.schemas['3.0.0'] as JsonSchema);
const misfitOf = (value: unknown): string | null => (official(value) ? null : ajv.errorsText(official.errors));

/** The example in the documents that has all of these fields, and without the fields that stand for twenty. */
async function example(page: string, ...fields: readonly string[]): Promise<Record<string, unknown>> {
  for (const [, text] of (await read(page)).matchAll(/```json[^\n]*\n(.*?)\n```/gs)) {
    const [first = '', ...more] = (text ?? '').split('\n');
    const value = JSON.parse(first.endsWith('}') ? first : [first, ...more].join('')) as Record<string, unknown>;
    if (fields.every((field) => field in value)) return value;
  }
  throw new Error(`${page} has no example with ${fields.join(', ')}`);
}

describe('asyncApi', () => {
  it('is a document that the AsyncAPI 3.0 schema takes, and the schema does not take any', () => {
    expect(misfitOf(document)).toBeNull();
    expect(misfitOf({ ...document, operations: { x: { action: 'listen', channel: {} } } })).not.toBeNull();
  });

  it('has a channel for each topic that docs/topics.md lets users write or read, and no other', async () => {
    const rows = (await read('docs/topics.md')).matchAll(/^\| `<p>\.(\w+)` .*\*\*users (write|read)\*\* \|$/gm);
    const listed = [...rows].map(([, topic, does]) => [`flights.${topic}`, does === 'write' ? 'receive' : 'send']);
    const made = Object.values(document.operations).map(({ action, channel }) => [
      document.channels[channel.$ref.replace('#/channels/', '')]?.address,
      action,
    ]);
    expect(new Set(made.map(String))).toEqual(new Set(listed.map(String)));
    expect(Object.keys(document.channels)).toHaveLength(listed.length);
  });

  it('says of each topic how it is made', () => {
    expect(document.channels['alerts']?.bindings).toMatchObject({
      kafka: {
        partitions: 1,
        topicConfiguration: { 'cleanup.policy': ['delete'], 'message.timestamp.type': 'LogAppendTime' },
      },
    });
  });

  it('has only references that lead somewhere', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/(.*?)"/g)].map(([, path = '']) => path);
    expect(refs.length).toBeGreaterThan(10);
    for (const path of refs) {
      const found = path.split('/').reduce<unknown>((at, name) => (at as JsonSchema)[name], document);
      expect(found, path).toBeDefined();
    }
  });

  it('has for each event type its schema, and takes the event of docs/topics.md', async () => {
    const { type, ...payload } = await example('docs/topics.md', 'type', 'dep_delay');
    expect(Object.keys(document.channels['events']?.messages ?? {})).toEqual(
      plan.events.map((event) => `event.${event.type}`),
    );
    const { headers, payload: schema } = document.components.messages[`event.${String(type)}`] as {
      headers: JsonSchema;
      payload: JsonSchema;
    };
    const inner = schema['schema'] as JsonSchema;
    expect([misfit(headers, { ce_type: type }), misfit(inner, payload)]).toEqual([null, null]);
    expect(misfit(headers, { ce_type: 'other' })).not.toBeNull();
    expect(misfit(inner, { ...payload, at: 5 })).not.toBeNull();
  });

  it.each([
    ['predictions', 'docs/topics.md', ['outputs', 'scored_at'], 'scored_at'],
    ['examples', 'docs/topics.md', ['outputs', 'label'], 'label'],
    ['outcomes', 'docs/topics.md', ['label'], 'label'],
    ['decisions', 'docs/topics.md', ['decision'], 'number'],
    ['alerts', 'docs/monitoring.md', ['severity'], 'severity'],
  ])('takes the record of %s that %s shows, and no other', async (topic, page, fields, needed) => {
    const value = await example(page, ...fields);
    if ('features' in value) value['features'] = Object.fromEntries(plan.vector.map(({ name }) => [name, 1]));
    const { payload } = document.components.messages[topic] as { readonly payload: JsonSchema };
    expect(misfit(payload, value)).toBeNull();
    const { [needed]: _left, ...rest } = value;
    expect(misfit(payload, rest)).toMatch(needed);
  });

  it('lets references inside an event schema lead to where that is now', async () => {
    const schema = {
      type: 'object',
      properties: { id: { $ref: '#/$defs/name' }, at: {} },
      $defs: { name: { type: 'string' } },
    };
    const file = `
apiVersion: millrace/v1
name: rides
events: { asked: { schema: asked.json, id: id, time: at } }
predict: { on: asked, key: id, model: fare }
features: [{ name: one, value: "1.0" }]
`;
    const source = { file: 'rides.yaml', folder: '/nowhere', read: async () => JSON.stringify(schema) };
    const made = JSON.stringify(asyncApi(await parsePipeline(file, source)));
    expect(made).toContain('"id":{"$ref":"#/components/messages/event.asked/payload/schema/$defs/name"}');
    expect(misfitOf(JSON.parse(made))).toBeNull();
  });
});
