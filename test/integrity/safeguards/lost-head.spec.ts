import { deleteRecords, without } from '@millrace/kafka/testing';
import { describe, expect, it } from 'vitest';

import { brokers } from '../test-log.ts';
import { Scene } from './scene.ts';

const LIMITS = { maxWaitMs: 100, maxBytes: 1 << 20, maxBytesPerPartition: 1 << 20 };

/** Reads on at offset 2 of a log that has lost 0 to 4 of its 8 records. */
async function readOn(): Promise<readonly string[]> {
  const scene = await Scene.open();
  const values = Array.from({ length: 8 }, (_, i) => `${i}`);
  const stamped = values.map((value, i) => ({ ...scene.record(value), timestamp: Date.UTC(2026, 0, 1, 0, 0, i) }));
  await scene.log.publisher().publish(stamped);
  await deleteRecords(brokers(), scene.at, 5);
  const source = scene.log.source();
  const read: string[] = [];
  for (let offset = 2, fetches = 0; fetches < 3; fetches++)
    for (const { records, next } of await source.fetch([{ ...scene.at, offset }], LIMITS)) {
      read.push(...records.map(({ value }) => String(value)));
      offset = next;
    }
  return read;
}

describe('a log that has lost its head', () => {
  it('stops its reader, who says what is lost', async () => {
    await expect(readOn()).rejects.toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
      detail: expect.stringMatching(
        /has lost its offsets 2 to 4 \(3 of them\): the log has 5 to 8, and its first record is of 2026-01-01T00:00:05/,
      ),
    });
  });

  it('loses its reader even more without a word, as other clients have it', async () => {
    expect(await without('range-stop', readOn)).toEqual([]);
  });
});
