import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';

import type { FileEvent } from '../offline/file-event.ts';

const FLIGHTS = new URL('../../../../examples/flights/', import.meta.url);

/** The pipeline file of the flights example. */
export const FLIGHTS_PIPELINE = fileURLToPath(new URL('pipeline.yaml', FLIGHTS));

/** The eight weeks of real events that come with it, in event-time order. */
export async function* flightEvents(): AsyncGenerator<FileEvent> {
  const bytes = createReadStream(new URL('data/flights-2013-10-28-to-12-22.jsonl.gz', FLIGHTS)).pipe(createGunzip());
  for await (const line of createInterface({ input: bytes })) {
    const { type, ...payload } = JSON.parse(line) as { type: string } & FileEvent['payload'];
    yield { type, payload };
  }
}
