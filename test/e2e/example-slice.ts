import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { loadPlan } from '@millrace/pipeline';

import type { ScratchPipeline } from './scratch-pipeline.ts';

const EVENTS = 'examples/flights/data/flights-2013-10-28-to-12-22.jsonl.gz';

export interface ExampleSlice {
  /** The first events of the example, one JSON object a line. */
  readonly lines: readonly string[];
  /** The same as a file in the pipeline's folder. */
  readonly file: string;
  /** Ids of the events that ask for a prediction, in order. */
  readonly requests: readonly string[];
}

export async function exampleSlice(pipeline: ScratchPipeline, count: number): Promise<ExampleSlice> {
  const plan = await loadPlan(pipeline.file);
  const lines = gunzipSync(await readFile(EVENTS))
    .toString('utf8')
    .split('\n', count);
  const file = join(pipeline.folder, 'events.jsonl');
  await writeFile(file, `${lines.join('\n')}\n`);
  const events = lines.map((line) => JSON.parse(line) as { type: string; id: string });
  return { lines, file, requests: events.filter(({ type }) => type === plan.predict.on).map(({ id }) => id) };
}
