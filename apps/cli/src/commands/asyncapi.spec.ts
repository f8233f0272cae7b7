import { fileURLToPath } from 'node:url';

import { cloudEventHeaders, deadLetterRecord, predictionHeaders, type Headers } from '@millrace/records';
import { expect, it } from 'vitest';

import { runProgram } from '../program.ts';
import { recordedContext } from '../testing/recorded-context.ts';

interface HeaderSchema {
  readonly required: readonly string[];
  readonly properties: Readonly<
    Record<string, { readonly const?: string; readonly enum?: readonly string[]; readonly pattern?: string }>
  >;
}

interface Document {
  readonly asyncapi: string;
  readonly channels: Readonly<Record<string, { readonly address: string }>>;
  readonly components: { readonly messages: Readonly<Record<string, { readonly headers: HeaderSchema }>> };
}

async function printed(): Promise<Document> {
  const context = recordedContext();
  const pipeline = fileURLToPath(new URL('../../template/pipeline.yaml', import.meta.url));
  expect(await runProgram(['asyncapi', pipeline], context)).toBe(0);
  return JSON.parse(context.out()) as Document;
}

function expectFit(headers: Headers, { required, properties }: HeaderSchema): void {
  expect(headers.map(([name]) => name)).toEqual(expect.arrayContaining([...required]));
  for (const [name, value] of headers) {
    const schema = properties[name];
    expect(schema, name).toBeDefined();
    const allowed = schema?.enum ?? (schema?.const === undefined ? [String(value)] : [schema.const]);
    expect(allowed, name).toContain(String(value));
    expect(String(value), name).toMatch(new RegExp(schema?.pattern ?? ''));
  }
}

it('prints the topics of a pipeline as AsyncAPI', async () => {
  const { asyncapi, channels } = await printed();
  expect([asyncapi, channels['predictions']?.address]).toEqual(['3.0.0', 'rides.predictions']);
});

it('describes the headers that are written', async () => {
  const { messages } = (await printed()).components;
  const headersOf = (id: string): HeaderSchema => messages[id]?.headers as HeaderSchema;
  expect(Object.keys(messages)).toContain('predictions');
  expectFit(predictionHeaders('rides', { id: 'r1', at: 0 }), headersOf('predictions'));
  const event = { source: '/millrace/rides', id: 'r1', atMs: 0 };
  expectFit(cloudEventHeaders({ ...event, type: 'millrace.outcome' }), headersOf('outcomes'));
  expectFit(cloudEventHeaders({ ...event, type: 'millrace.example' }), headersOf('examples'));
  expectFit(cloudEventHeaders({ ...event, type: 'millrace.incident.opened' }), headersOf('alerts'));
  const place = { topic: 'rides.events', partition: 0, offset: 17, attempts: 0 };
  const letter = { stage: 'ingest', code: 'NOT_JSON', reason: 'found x', key: null, value: Buffer.alloc(1 << 20) };
  expectFit(deadLetterRecord({ ...place, ...letter }, 'rides.dlq', 4).headers ?? [], headersOf('dlq'));
});
