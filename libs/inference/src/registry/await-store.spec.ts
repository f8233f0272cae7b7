import { AppError } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { awaitStore } from './await-store.ts';

describe('awaitStore', () => {
  let clock: ManualClock;
  let stop: AbortController;
  let answers: (AppError | string)[];
  let warned: string[];
  let asked: number;

  beforeEach(() => {
    [clock, stop, answers, warned, asked] = [new ManualClock(), new AbortController(), [], [], 0];
  });

  const away = new AppError('MODEL_STORE_UNREACHABLE', 'it answered 503.');
  const awaited = (): Promise<string> =>
    awaitStore(
      async () => {
        asked++;
        const answer = answers.shift() ?? away;
        if (answer instanceof AppError) throw answer;
        return answer;
      },
      { clock, warn: (message) => warned.push(message), signal: stop.signal },
    );
  /** Lets what waits go on. */
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await new Promise(setImmediate);
  };

  it('asks again while the store does not answer, says so, and has what it answers then', async () => {
    answers = [away, away, 'there'];
    const found = awaited();
    await pass(0);
    expect(warned).toEqual(['the start waits for the model store, for a minute at most: it answered 503.']);
    await pass(1000);
    await pass(1000);
    expect([await found, asked]).toEqual(['there', 3]);
  });

  it('gives up after a minute, with what the store said last', async () => {
    const found = awaited();
    found.catch(() => undefined);
    await pass(0);
    for (let second = 0; second < 59; second++) await pass(1000);
    expect(asked).toBe(60);
    await pass(1000);
    await expect(found).rejects.toBe(away);
    expect([asked, warned.length]).toEqual([61, 60]);
  });

  it('ends with the signal, and asks no more', async () => {
    const found = awaited();
    found.catch(() => undefined);
    await pass(0);
    stop.abort();
    await expect(found).rejects.toBe(away);
    expect(asked).toBe(1);
  });

  it('does not wait for what time does not mend', async () => {
    const missing = new AppError('MODEL_NOT_FOUND', 'there is no model.');
    answers = [missing];
    await expect(awaited()).rejects.toBe(missing);
    expect(warned).toEqual([]);
  });
});
