import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { deadLetterRecord, type DeadLetter } from '@millrace/records';
import { beforeEach, describe, expect, it } from 'vitest';

import { letterPlan, letterPlanWith } from '../testing/letter-plan.ts';
import { masked, type DeadLetterView } from './dead-letter-view.ts';
import { readDetail, readLetters } from './dead-letters.ts';

const TOPIC = 'p.dlq';
const letter: DeadLetter = {
  stage: 'ingest',
  code: 'SCHEMA_VIOLATION',
  reason: '/n must be integer',
  topic: 'p.events',
  partition: 0,
  offset: 1,
  attempts: 0,
  key: Buffer.from('k'),
  value: Buffer.from('{"n":"kept by the letter"}'),
  headers: [['ce_type', Buffer.from('ordered')]],
};

let log: MemoryLog;
const forever = new AbortController().signal;

beforeEach(async () => {
  log = new MemoryLog({ clock: new SystemClock() });
  await log
    .admin()
    .create([TOPIC, 'p.events'].map((topic) => ({ topic, partitions: 1, replication: null, config: {} })));
});

const events = (...values: string[]): Promise<void> =>
  log.publisher().publish(values.map((value) => ({ topic: 'p.events', partition: 0, key: null, value })));
const letters = (...given: DeadLetter[]): Promise<void> =>
  log.publisher().publish(given.map((one) => deadLetterRecord(one, TOPIC, 1)));

describe('dead letters', () => {
  it('are listed with place, code, reason and origin', async () => {
    await letters(letter, { ...letter, stage: 'scorer', offset: 5 });
    const found = await readLetters(log, TOPIC, forever);
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({
      place: '0:0',
      stage: 'ingest',
      code: 'SCHEMA_VIOLATION',
      reason: '/n must be integer',
      topic: 'p.events',
      partition: 0,
      offset: 1,
      type: 'ordered',
      key: 'k',
    });
  });

  it('are shown with the event from where it was read', async () => {
    await events('{"n":0}', '{"n":"in the log","card":{"pin":1234}}');
    await letters(letter);
    const detail = await readDetail(log, { topic: TOPIC, partition: 0, offset: 0 }, await letterPlan('pin'));
    expect(detail.event).toEqual({ json: { n: 'in the log', card: { pin: '***' } } });
    expect(detail.headers).toMatchObject({ ce_type: 'ordered', 'millrace-code': 'SCHEMA_VIOLATION' });
  });

  it('say the type that the event names, where no header does', async () => {
    await letters(
      { ...letter, headers: [], value: Buffer.from('{"type":"asked"}') },
      { ...letter, headers: [], value: Buffer.from('{"type":1}') },
      { ...letter, headers: [], value: Buffer.from('{"type":"asked"') },
    );
    expect((await readLetters(log, TOPIC, forever)).map(({ type }) => type)).toEqual(['asked', null, null]);
  });

  it('hide a sensitive key, and headers that carry a sensitive field', async () => {
    const pin = (name: string) => [name, Buffer.from('1234')] as const;
    await letters({ ...letter, key: Buffer.from('ann'), headers: [pin('pin'), pin('Ce_PIN'), pin('pinned')] });
    const shown = await readDetail(log, { topic: TOPIC, partition: 0, offset: 0 }, await letterPlan('pin', 'place'));
    expect(shown).toMatchObject({ key: '***', headers: { pin: '***', Ce_PIN: '***', pinned: '1234' } });
    const [listed] = await readLetters(log, TOPIC, forever);
    expect(masked(listed as DeadLetterView, await letterPlan('place')).key).toBe('***');
    expect(masked(listed as DeadLetterView, await letterPlan('pin')).key).toBe('ann');
  });

  it('hide what has pseudonyms, as ingest got it, and the key and the id that came with it', async () => {
    const headers = [
      ...(letter.headers ?? []),
      ['ce_id', Buffer.from('1234')],
      ['ce_user', Buffer.from('ann')],
    ] as const;
    const value = Buffer.from('{"user":"ann","pin":1234,"place":"x"}');
    await letters({ ...letter, key: Buffer.from('ann'), headers, value });
    const plan = await letterPlanWith({ pseudonyms: ['user', 'pin'], id: 'pin' });
    const shown = await readDetail(log, { topic: TOPIC, partition: 0, offset: 0 }, plan);
    expect(shown).toMatchObject({ key: '***', headers: { ce_id: '***', ce_user: '***' } });
    expect(shown.event).toEqual({ json: { user: '***', pin: '***', place: 'x' } });
    const [listed] = await readLetters(log, TOPIC, forever);
    expect(masked({ ...(listed as DeadLetterView), stage: 'ingest' }, plan).key).toBe('***');
    expect(masked({ ...(listed as DeadLetterView), stage: 'scorer' }, plan).key).toBe('ann');
  });

  it('fall back on the bytes that the letter kept, and say when there are none', async () => {
    await letters(letter, { ...letter, value: null });
    const shown = async (offset: number) => readDetail(log, { topic: TOPIC, partition: 0, offset }, await letterPlan());
    expect((await shown(0)).event).toEqual({ json: { n: 'kept by the letter' } });
    expect((await shown(1)).event).toBeNull();
  });

  it('show bytes that are no JSON as text or base64, and not at all where a field is sensitive', async () => {
    await letters({ ...letter, value: Buffer.from('{"pin":12') }, { ...letter, value: Buffer.from([0xff, 0]) });
    const shown = async (offset: number, sensitive: string[]) =>
      (await readDetail(log, { topic: TOPIC, partition: 0, offset }, await letterPlan(...sensitive))).event;
    expect(await shown(0, [])).toEqual({ text: '{"pin":12' });
    expect(await shown(1, [])).toEqual({ base64: '/wA=' });
    expect(JSON.stringify(await shown(0, ['pin']))).not.toContain('12');
  });

  it('show what is nested too deeply as the text that it is', async () => {
    const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    await letters({ ...letter, value: Buffer.from(nested) });
    const { event } = await readDetail(log, { topic: TOPIC, partition: 0, offset: 0 }, await letterPlan());
    expect(event).toEqual({ text: nested.slice(0, 4096) });
  });

  it('are refused when there is none at that place', async () => {
    await expect(readDetail(log, { topic: TOPIC, partition: 0, offset: 9 }, await letterPlan())).rejects.toMatchObject({
      code: 'WRONG_USE',
    });
  });
});
