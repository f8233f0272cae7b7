import { AppError } from '@millrace/core';
import { beforeEach, describe, expect, it } from 'vitest';

import { LetterLog } from '../testing/letter-log.ts';

let p: LetterLog;

beforeEach(async () => {
  p = await LetterLog.open();
});

/** Events `e0`, `e1` … at the offsets 0, 1 …, each with a dead letter. */
async function failed(count: number): Promise<readonly string[]> {
  const values = Array.from({ length: count }, (_, i) => `e${i}`);
  for (const [offset, value] of values.entries()) {
    await p.event(value);
    await p.letter({ offset });
  }
  return values;
}

describe('replaying dead letters', () => {
  it('sends an event again as it was, where it was, one attempt further', async () => {
    await p.event('{"first":1}', 1);
    const headers = [
      ['traceparent', Buffer.from('00-x')],
      ['millrace-attempts', Buffer.from('2')],
    ] as const;
    await p.event('{"n": 1 }', 1, 'as received', headers);
    await p.letter({ partition: 1, offset: 1, attempts: 2 });
    expect(await p.replay()).toEqual({ replayed: 1, skipped: 0, gone: 0, stopped: false });
    const again = (await p.read('events')).at(-1);
    expect([again?.partition, String(again?.key), String(again?.value)]).toEqual([1, 'as received', '{"n": 1 }']);
    expect(again?.headers.map(([name, value]) => `${name}=${String(value)}`)).toEqual([
      'traceparent=00-x',
      'millrace-attempts=3',
      'millrace-replay-of=p.events/1@1',
    ]);
  });

  it('sends an event once, however often it is asked and however many letters name it', async () => {
    await failed(2);
    await p.letter({ stage: 'feature', offset: 1 });
    expect(await p.replay()).toMatchObject({ replayed: 2, skipped: 0 });
    for (const _ of [2, 3]) expect(await p.replay()).toMatchObject({ replayed: 0, skipped: 2 });
    expect(await p.sentAgain()).toEqual(['e0', 'e1']);
  });

  it('sends again what failed again', async () => {
    await failed(1);
    await p.replay();
    const again = (await p.read('events')).at(-1)?.offset as number;
    await p.letter({ offset: again, attempts: 1 });
    expect(await p.replay()).toMatchObject({ replayed: 1, skipped: 1 });
    const last = (await p.read('events')).at(-1);
    expect(last?.headers.map(([, value]) => String(value))).toEqual(['2', `p.events/0@${again}`]);
  });

  it('takes the letters that meet the condition, and the others later', async () => {
    await failed(3);
    await p.letter({
      offset: 9,
      stage: 'ingest',
      code: 'NO_ID',
      type: undefined,
      value: Buffer.from('{"type":"ended"}'),
    });
    expect(await p.replay('type == "ended" && code == "NO_ID"')).toMatchObject({ replayed: 1, skipped: 0 });
    expect(await p.sentAgain()).toEqual(['{"type":"ended"}']);
    expect(await p.replay()).toMatchObject({ replayed: 3, skipped: 1 });
  });

  it('keeps the order of each partition, whatever that of the letters', async () => {
    for (const value of ['e0', 'e1', 'e2']) await p.event(value);
    for (const offset of [2, 0, 1]) await p.letter({ offset, key: Buffer.from(`k${offset}`) });
    await p.replay();
    expect(await p.sentAgain()).toEqual(['e0', 'e1', 'e2']);
  });

  it('falls back on what the letter kept, and counts what is gone', async () => {
    await failed(1);
    const lost = { offset: 70, stage: 'ingest', headers: [['ce_type', Buffer.from('ended')]] } as const;
    await p.letter({ ...lost, value: Buffer.from('kept') });
    await p.letter({ ...lost, offset: 71, value: Buffer.alloc(600_000) });
    await p.letter({ ...lost, offset: 72 });
    await p.letter({ topic: 'p.internal', offset: 3 });
    const gone: string[] = [];
    const onGone = (_letter: unknown, why: string): void => void gone.push(why);
    expect(await p.replay(undefined, { onGone })).toMatchObject({ replayed: 2, skipped: 0, gone: 3 });
    expect(await p.sentAgain()).toEqual(['e0', 'kept']);
    expect((await p.read('events')).at(-1)?.headers[0]).toEqual(['ce_type', Buffer.from('ended')]);
    const whys = ['names no event', 'only its beginning', 'nothing of it'];
    expect(whys.map((why) => gone.filter((said) => said.includes(why)).length)).toEqual([1, 1, 1]);
    expect(await p.replay()).toMatchObject({ replayed: 0, skipped: 2, gone: 3 });
  });

  it('counts an event as gone that the topic would not take again, and sends its neighbours', async () => {
    await failed(1);
    await p.letter({ offset: 70, stage: 'ingest', value: Buffer.alloc(5000) });
    expect(await p.replay()).toMatchObject({ replayed: 1, gone: 1 });
  });

  it('leaves watermarks alone, and requests whose prediction is out', async () => {
    await failed(3);
    await p.letter({ offset: 1, stage: 'monitor' });
    await p.letter({ offset: 9, stage: 'ingest', type: 'millrace.watermark', value: Buffer.from('w') });
    await p.letter({ offset: 2, stage: 'monitor', type: 'ended' });
    expect(await p.replay()).toMatchObject({ replayed: 2, skipped: 2 });
    expect(await p.sentAgain()).toEqual(['e0', 'e2']);
  });

  it('says so where a promise is open, and sends all the same', async () => {
    await failed(1);
    await p.event('{"type":"millrace.watermark","promise":"live","before":1,"partitions":[1]}', 1);
    const found: unknown[] = [];
    expect(await p.replay(undefined, { onPromise: (one) => void found.push(one) })).toMatchObject({ replayed: 1 });
    expect(found).toEqual([{ partition: 1, promise: 'live' }]);
  });

  it('sends each event once when two ask at the same time', async () => {
    const values = await failed(20);
    const both = await Promise.allSettled([p.replay(), p.replay()]);
    for (const one of both)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'PRODUCER_FENCED' });
    await p.replay();
    expect(await p.sentAgain()).toEqual(values);
  });

  it.each(['before-commit', 'after-commit'])(
    'sends each event once when it dies %s, and is asked again',
    async (dying) => {
      const values = await failed(2);
      let left = 2; // its own beginning, then the events
      p.fault = (point) => {
        if (point === dying && --left === 0) throw new AppError('LOG_UNAVAILABLE', 'died');
      };
      await expect(p.replay()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      const sent = dying === 'after-commit' ? 2 : 0;
      expect(await p.replay()).toMatchObject({ replayed: 2 - sent, skipped: sent });
      expect(await p.sentAgain()).toEqual(values);
    },
  );

  it('stops at the signal with nothing half done, and goes on when it is asked again', async () => {
    const values = await failed(1200);
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    const first = await p.replay(undefined, { signal: stop.signal, onProgress });
    expect(first).toEqual({ replayed: 500, skipped: 0, gone: 0, stopped: true });
    expect(await p.sentAgain()).toHaveLength(500);
    expect(await p.replay()).toEqual({ replayed: 700, skipped: 500, gone: 0, stopped: false });
    expect(await p.sentAgain()).toEqual(values);
  });

  it('forgets what it has replayed once no letter is left of it', async () => {
    await failed(1);
    const [topic, key] = [p.plan.names.control, 'dlq-replayed/1@77'];
    await p.log.publisher().publish([{ topic, partition: 0, key, value: '{"attempts":1}' }]);
    await p.replay();
    const notes = (await p.read('control')).filter((note) => String(note.key) !== 'dlq-replay');
    expect(notes.map((note) => [String(note.key), note.value && String(note.value)])).toEqual([
      [key, '{"attempts":1}'],
      [key, null],
      ['dlq-replayed/0@0', '{"attempts":1}'],
    ]);
  });
});
