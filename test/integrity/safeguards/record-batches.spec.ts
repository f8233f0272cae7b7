import { without } from '@millrace/kafka/testing';
import { describe, expect, it } from 'vitest';

import { changeAnswers } from '../broker-sockets.ts';
import { Scene } from './scene.ts';

const LIMITS = { maxWaitMs: 100, maxBytes: 1 << 20, maxBytesPerPartition: 1 << 20 };

/** How far a reader gets past a record, one that was aborted and its marker, in three fetches. */
async function pastMarkers(): Promise<number> {
  const scene = await Scene.open();
  await scene.log.publisher().publish([scene.record('plain')]);
  const transaction = await scene.begin();
  await transaction.send([scene.record('aborted')]);
  await transaction.end('abort');
  await expect.poll(() => scene.lastStable()).toBe(3);
  const source = scene.log.source();
  let offset = 0;
  for (let fetches = 0; fetches < 3; fetches++)
    for (const { next } of await source.fetch([{ ...scene.at, offset }], LIMITS)) offset = next;
  return offset;
}

/** What is read where a byte of the answer has changed on its way. */
async function damaged(): Promise<readonly string[]> {
  const scene = await Scene.open();
  await scene.log.publisher().publish([scene.record('12 euros')]);
  const source = scene.log.source();
  await source.fetch([{ ...scene.at, offset: 0 }], LIMITS); // opens the connection that the next one uses
  let changed = 0;
  changeAnswers((bytes) => {
    const at = bytes.indexOf('12 euros');
    if (at >= 0) changed = bytes.write('92', at);
    return bytes;
  });
  const chunks = await source.fetch([{ ...scene.at, offset: 0 }], LIMITS);
  expect(changed).toBe(2);
  return chunks.flatMap(({ records }) => records.map(({ value }) => String(value)));
}

describe('record batches', () => {
  it('are passed whether or not they hold something for a reader', async () => {
    expect(await pastMarkers()).toBe(3);
  });

  it('hold a reader up for ever where it counts records instead', async () => {
    expect(await without('batch-offsets', pastMarkers)).toBe(1);
  });

  it('that arrive damaged are refused', async () => {
    await expect(damaged()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  });

  it('that arrive damaged are read without their checksum', async () => {
    expect(await without('batch-checksum', damaged)).toEqual(['92 euros']);
  });
});
