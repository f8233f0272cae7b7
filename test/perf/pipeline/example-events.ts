import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

export const PIPELINE = 'examples/flights/pipeline.yaml';
const EVENTS = 'examples/flights/data/flights-2013-10-28-to-12-22.jsonl.gz';

export interface ExampleEvent {
  readonly type: string;
  readonly id: string;
  readonly at: string;
  readonly tailnum?: string | null;
}

/** The first events of the flights example, in event-time order. */
export async function exampleEvents(count: number): Promise<readonly ExampleEvent[]> {
  const text = String(await promisify(gunzip)(await readFile(EVENTS)));
  return text
    .split('\n', count)
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ExampleEvent);
}
