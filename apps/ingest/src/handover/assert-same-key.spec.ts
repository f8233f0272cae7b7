import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { pseudonymUnder, type Plan } from '@millrace/pipeline';
import { PLAN_NOTE } from '@millrace/records';
import { readLatest, type StartFrom } from '@millrace/stream';
import { beforeEach, describe, expect, it } from 'vitest';

import { ridesPlan } from '../testing/rides.ts';
import { assertSameKey } from './assert-same-key.ts';
import { SetNotes } from './set-notes.ts';

const PLAN = await ridesPlan();
const { control } = PLAN.names;
const NOTE = PLAN_NOTE.pseudonymKey(PLAN.featureSet);
const [KEY, OTHER] = ['one key for these tests, long enough', 'another one, which is long enough, too'];

let log: MemoryLog;
beforeEach(async () => {
  log = new MemoryLog({ clock: new SystemClock() });
  await log.admin().create([{ topic: control, partitions: 1, replication: null, config: {} }]);
});

const noted = async (): Promise<string> => String(await readLatest(log.source(), control, NOTE));

/** As an instance starts: it knows what is noted. */
async function start(key: string | null, from?: StartFrom, featureSet = PLAN.featureSet): Promise<void> {
  const notes = new SetNotes();
  notes.apply(NOTE, await readLatest(log.source(), control, NOTE));
  const pseudonyms: Plan['pseudonyms'] =
    key === null ? PLAN.pseudonyms : { fields: ['rider'], of: pseudonymUnder(key, PLAN.name) };
  await assertSameKey({ plan: { ...PLAN, featureSet, pseudonyms }, log, notes, from });
}

describe('instances of ingest', () => {
  it('have one key in a feature set, or do not start, and the log has no key', async () => {
    await start(KEY);
    const first = await noted();
    await start(KEY);
    await expect(start(OTHER)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      detail: expect.stringMatching(/MILLRACE_PSEUDONYM_KEY: found another key .*--from latest/),
    });
    expect(await noted()).toBe(first);
    expect(JSON.parse(first)).toEqual({ check: expect.stringMatching(/^[\w-]{22}$/) });
  });

  it('go on under another key where the operator says so, and then under that one alone', async () => {
    await start(KEY);
    await start(OTHER, 'latest');
    await start(OTHER);
    await expect(start(KEY)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('may have another key in another feature set, and note nothing without pseudonyms', async () => {
    await start(null);
    expect(await noted()).toBe('null');
    await start(KEY);
    await start(OTHER, undefined, 'aaaaaaaa');
  });
});
