import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'vitest';

import { runScript } from './run-script.ts';
import type { ScratchPipeline } from './scratch-pipeline.ts';

/** What `millrace features` computes for the requests of a file of events, by their ids. */
export async function offlineVectors(
  { folder }: ScratchPipeline,
  pipelineFile: string,
  eventsFile: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, readonly (number | null)[]>> {
  const out = join(folder, 'features.csv');
  const ran = await runScript(['apps/cli/bin/millrace.mjs', 'features', pipelineFile, eventsFile, '--out', out], env);
  expect(ran.status, ran.output).toBe(0);
  const rows = (await readFile(out, 'utf8')).trimEnd().split('\n').slice(1);
  return new Map(
    rows
      .map((row) => row.split(','))
      .map(([id = '', , , ...values]) => [id, values.map((text) => (text === '' ? null : Number(text)))]),
  );
}
