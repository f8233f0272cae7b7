import { AppError } from '@millrace/core';
import { topicNames } from '@millrace/pipeline';
import { PLAN_NOTE } from '@millrace/records';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { AliasLog } from '../testing/alias-log.ts';

const OTHER_SET = 'bbbbbbbb';

describe('switching the champion', () => {
  let p: AliasLog;

  beforeEach(async () => {
    p = await AliasLog.open();
  });

  afterEach(() => p.close());

  const addSet = (featureSet: string): Promise<void> => {
    const topic = topicNames(p.plan.name, featureSet).features;
    return p.log.admin().create([{ topic, partitions: 2, replication: null, config: {} }]);
  };
  const IN_FORCE = 'alias:m:champion';

  it('writes to every partition, and to nobody else, once all scorers are ready', async () => {
    const asked: string[] = [];
    for (const name of ['a', 'b'])
      await p.scorer((version) => {
        asked.push(`${name}: ${version}`);
        return 'ready';
      });
    const { number, ...switched } = await p.switch('2');
    expect(switched).toEqual({ version: '2', before: null, ready: 2 });
    expect(asked.toSorted()).toEqual(['a: 2', 'b: 2']);
    expect(await p.places()).toEqual([[`2@${number}`], [`2@${number}`]]);
    expect(await p.notes()).toEqual({ [IN_FORCE]: { version: '2', number } });
  });

  it('numbers switches by the place of their offers, and writes down who decided what', async () => {
    await p.scorer(() => 'ready');
    const [first, second] = [await p.switch('2'), await p.switch('3')];
    expect(second.number).toBeGreaterThan(first.number);
    expect(second.before).toBe('2');
    const decisions = (await p.read(p.plan.names.decisions)).map(({ value }) => JSON.parse(String(value)) as object);
    const by = { decision: 'alias', model: 'm', alias: 'champion', decided_by: 'millrace model alias', ready: 1 };
    expect(decisions).toEqual([
      { ...by, version: '2', before: null, number: first.number, decided_at: expect.stringMatching(/Z$/) },
      { ...by, version: '3', before: '2', number: second.number, decided_at: expect.stringMatching(/Z$/) },
    ]);
  });

  it('makes a challenger in the same way, and leaves the champion as it is', async () => {
    await p.scorer((version) => (version === '9' ? 'no' : 'ready'));
    const champion = await p.switch('2');
    const challenger = await p.switch('3', { alias: 'challenger' });
    expect(challenger).toMatchObject({ version: '3', before: null, ready: 1 });
    await expect(p.switch('9', { alias: 'challenger' })).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
    expect(await p.notes()).toEqual({
      [IN_FORCE]: { version: '2', number: champion.number },
      'alias:m:challenger': { version: '3', number: challenger.number },
    });
    expect(await p.switch('4', { alias: 'challenger' })).toMatchObject({ before: '3' });
    const decisions = (await p.read(p.plan.names.decisions)).map(({ value }) => JSON.parse(String(value)) as object);
    expect(decisions).toMatchObject([
      { alias: 'champion', version: '2' },
      { alias: 'challenger', version: '3', before: null },
      { alias: 'challenger', version: '4', before: '3' },
    ]);
  });

  it('tries a challenger beside the champion where no scorer runs', async () => {
    const champions: (string | null)[] = [];
    const verify = async (champion: string | null): Promise<void> => void champions.push(champion);
    await p.switch('2');
    await p.switch('3', { alias: 'challenger', verify });
    await p.switch('4', { alias: 'challenger', verify });
    expect(champions).toEqual(['2', '2']);
  });

  it('leaves the old one where a scorer refuses, and says who and why', async () => {
    await p.scorer(() => 'ready');
    await p.scorer(() => 'it takes 21 features');
    const failed = {
      code: 'MODEL_REFUSED',
      detail: expect.stringMatching(/^p\.scorer\..* says: it takes 21 features$/),
    };
    await expect(p.switch('2')).rejects.toMatchObject(failed);
    expect([await p.places(), await p.notes()]).toEqual([[[], []], {}]);
  });

  it('tries the version itself where no scorer runs', async () => {
    const seen: (string | null)[] = [];
    const verify = async (before: string | null): Promise<void> => void seen.push(before);
    expect(await p.switch('2', { verify })).toMatchObject({ ready: 0 });
    const refused = new AppError('MODEL_NOT_FOUND', 'there is no version 3.');
    await expect(p.switch('3', { verify: () => Promise.reject(refused) })).rejects.toBe(refused);
    const away = new AppError('MODEL_STORE_UNREACHABLE', 'it answered 503.');
    await expect(p.switch('3', { verify: () => Promise.reject(away) })).rejects.toBe(away);
    expect(await p.notes()).toEqual({ [IN_FORCE]: expect.objectContaining({ version: '2' }) });
    await p.switch('4', { verify });
    expect(seen).toEqual([null, '2']);
    expect(await p.places()).toEqual([
      ['2', '4'].map((version) => expect.stringMatching(`^${version}@`)),
      ['2', '4'].map((version) => expect.stringMatching(`^${version}@`)),
    ]);
  });

  it('does not wait for a scorer that leaves, as long as another is ready', async () => {
    await p.scorer(() => 'ready');
    const leaving = await p.scorer(() => {
      void leaving.leave();
      return null;
    });
    expect(await p.switch('2')).toMatchObject({ ready: 1 });
  });

  it('switches nothing where all leave who were asked', async () => {
    const leaving = await p.scorer(() => {
      void leaving.leave();
      return null;
    });
    await expect(p.switch('2')).rejects.toMatchObject({
      code: 'MODEL_REFUSED',
      detail: expect.stringContaining('gone'),
    });
    expect(await p.places()).toEqual([[], []]);
  });

  it('does not wait for a scorer that has come since, but asks it the next time', async () => {
    let came: Promise<unknown> = Promise.resolve();
    await p.scorer(() => {
      came = p.scorer(() => 'no');
      return 'ready';
    });
    expect(await p.switch('2')).toMatchObject({ ready: 1 });
    await came;
    await expect(p.switch('3')).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
  });

  it('asks and tells the scorers of a set that takes over as well', async () => {
    await addSet(OTHER_SET);
    await p.scorer(() => 'ready');
    await p.scorer(() => 'ready', OTHER_SET);
    const { number, ready } = await p.switch('2');
    expect(ready).toBe(2);
    expect(await p.places(OTHER_SET)).toEqual([[`2@${number}`], [`2@${number}`]]);
  });

  it('tells a set whose topics come while it switches', async () => {
    let commits = 0;
    p.fault = async (point) => {
      if (point === 'before-commit' && ++commits === 2) await addSet(OTHER_SET);
    };
    const { number } = await p.switch('2');
    expect(await p.places(OTHER_SET)).toEqual([[`2@${number}`], [`2@${number}`]]);
  });

  it('is refused with the file of a set that does not run', async () => {
    const note = { topic: p.plan.names.control, partition: 0, key: PLAN_NOTE.running };
    await p.log.publisher().publish([{ ...note, value: JSON.stringify({ feature_set: OTHER_SET }) }]);
    await expect(p.switch('2')).rejects.toMatchObject({ code: 'PLAN_CHANGED' });
    expect([await p.places(), await p.notes()]).toEqual([[[], []], {}]);
  });

  it('takes its offer back at Ctrl-C', async () => {
    const stop = new AbortController();
    await p.scorer(() => {
      stop.abort();
      return null;
    });
    await expect(p.switch('2', { signal: stop.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect([await p.places(), await p.notes()]).toEqual([[[], []], {}]);
  });

  it.each([
    ['before-init', 1, []],
    ['before-commit', 1, []],
    ['after-commit', 1, []],
    ['before-commit', 2, []],
    ['after-commit', 2, ['2']],
  ] as const)('switches all partitions or none where it dies %s of transaction %i', async (dying, nth, found) => {
    await p.scorer(() => 'ready');
    let left = nth;
    p.fault = (point) => {
      if (point === dying && --left <= 0) throw new AppError('LOG_UNAVAILABLE', 'died.');
    };
    await expect(p.switch('2')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    p.fault = () => undefined;
    const versions = async () => (await p.places()).map((places) => places.map((place) => place.split('@')[0]));
    expect(await versions()).toEqual([found, found]);
    await p.switch('3');
    expect(await versions()).toEqual([
      [...found, '3'],
      [...found, '3'],
    ]);
    expect(await p.notes()).toEqual({ [IN_FORCE]: expect.objectContaining({ version: '3' }) });
  });

  it('says that it is not known where the answer to the switch does not come', async () => {
    let commits = 0;
    p.fault = (point) => {
      if (point === 'after-commit' && ++commits === 2) throw new AppError('LOG_UNAVAILABLE', 'no answer.');
    };
    await expect(p.switch('2')).rejects.toMatchObject({
      detail: expect.stringContaining('`millrace model alias m` shows'),
    });
  });

  it('is one at a time: of two the later goes on, and the other has switched nothing', async () => {
    const waiting = Promise.withResolvers<void>();
    await p.scorer((version) => {
      waiting.resolve();
      return version === '2' ? null : 'ready';
    });
    const first = p.switch('2').then(
      () => null,
      (error: unknown) => error,
    );
    await waiting.promise;
    const { number } = await p.switch('3');
    expect(await p.places()).toEqual([[`3@${number}`], [`3@${number}`]]);
    expect(await first).toMatchObject({ code: 'PRODUCER_FENCED' });
  });
});
