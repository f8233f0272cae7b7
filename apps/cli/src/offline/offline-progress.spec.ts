import { ManualClock } from '@millrace/core/testing';
import { describe, expect, it } from 'vitest';

import { recordedContext } from '../testing/recorded-context.ts';
import { OfflineProgress } from './offline-progress.ts';

/** Batches of two. */
async function* batches(count: number, each: (i: number) => void): AsyncGenerator<readonly number[]> {
  for (let i = 1; i <= count; i += 2) {
    each(i);
    yield [i, i + 1];
  }
}

async function run(isTerminal: boolean): Promise<string> {
  const clock = new ManualClock();
  const recorded = recordedContext();
  const progress = new OfflineProgress({ ...recorded, clock, stderr: { ...recorded.stderr, isTerminal } });
  const events = progress.events(
    batches(1024, (i) => (i % 512 === 1 ? clock.advance(1000) : undefined)),
    'computing',
  );
  const even = async function* (): AsyncGenerator<number> {
    for await (const [, even] of events) yield even as number;
  };
  let seen = 0;
  for await (const _ of progress.rows(even())) seen++;
  progress.end();
  expect(seen).toBe(512);
  return recorded.err();
}

describe('the progress of an offline run', () => {
  it('counts events and rows on a terminal, not more often than can be read, and leaves an empty line', async () => {
    const shown = (await run(true)).split('\r\u001B[K');
    expect(shown).toEqual([
      '',
      'computing: 2 events read, 0 rows written, 1 s',
      'computing: 514 events read, 256 rows written, 2 s',
      '',
    ]);
  });

  it('is not shown elsewhere', async () => {
    expect(await run(false)).toBe('');
  });
});
