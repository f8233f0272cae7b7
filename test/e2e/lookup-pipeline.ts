import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { lookupModel } from '@millrace/inference/testing';

import type { ScratchPipeline } from './scratch-pipeline.ts';

const SCHEMA = {
  type: 'object',
  required: ['id', 'at', 'user', 'n', 'note'],
  properties: {
    id: { type: 'string' },
    at: { type: 'string', format: 'date-time' },
    user: { type: 'string' },
    n: { type: 'integer' },
    note: { type: 'string' },
  },
};

/**
 * A pipeline whose model looks `n` up in a table: version 1 knows 0 and 1 and fails on all else, version 2 knows the
 * numbers below 10. It forgets ids after a second.
 */
export async function makeLookupPipeline(more = ''): Promise<ScratchPipeline> {
  const name = `e2e-${randomUUID().slice(0, 8)}`;
  const folder = await mkdtemp(join(tmpdir(), 'millrace-e2e-'));
  for (const [version, size] of [
    ['1', 2],
    ['2', 10],
  ] as const)
    await writeTable(folder, version, size);
  await mkdir(join(folder, 'schemas'));
  await writeFile(join(folder, 'schemas', 'asked.json'), JSON.stringify(SCHEMA));
  const file = join(folder, 'pipeline.yaml');
  await writeFile(file, `${pipelineText(name)}${more}`);
  return { name, folder, file };
}

/** A version of the model that knows the numbers below `size`. */
export async function writeTable(folder: string, version: string, size: number): Promise<void> {
  const at = join(folder, 'models', 'lookup', version);
  await mkdir(at, { recursive: true });
  const table = Array.from({ length: size }, (_, n) => n * 10);
  await writeFile(join(at, 'model.onnx'), lookupModel(2, table));
}

/** Another version of the model, or any other change of the file. */
export async function editPipeline({ file }: ScratchPipeline, from: string, to: string): Promise<void> {
  await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
}

export const asked = (id: string, n: number, more: Readonly<Record<string, unknown>> = {}): object => ({
  type: 'asked',
  id,
  at: '2026-01-05T08:00:00Z',
  user: `user of ${id}`,
  n,
  note: 'as it should be',
  ...more,
});

function pipelineText(name: string): string {
  return `
apiVersion: millrace/v1
name: ${name}
topics: { partitions: 2 }
dedupe: { within: 1s }
events:
  asked: { schema: schemas/asked.json, id: id, time: at }
predict: { on: asked, key: user, model: lookup, version: "1" }
features:
  - { name: n, value: n }
  - { name: asked_1h, from: asked, by: [user], over: 1h, take: count }
`;
}
