import { AppError } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import type { AliasInForce } from '@millrace/records';
import { beforeEach, describe, expect, it } from 'vitest';

import { smallPlan } from '../testing/scripted-door.ts';
import { SmallShelf } from '../testing/small-shelf.ts';
import { Champions } from './champions.ts';
import { FollowedVersion } from './followed-version.ts';
import { ServedModels } from './served-models.ts';

const mismatch = new AppError('MODEL_MISMATCH', 'it takes 21 features');

describe('Champions', () => {
  let small: SmallShelf;
  let noted: AliasInForce | null;
  let warned: string[];
  let switched: string[];
  let champions: Champions;
  let challenger: FollowedVersion;
  let served: ServedModels;
  let clock: ManualClock;

  beforeEach(async () => {
    [small, noted, warned, switched, clock] = [new SmallShelf(), null, [], [], new ManualClock()];
    const { shelf, registry } = small;
    champions = new Champions({
      plan: await smallPlan(),
      clock,
      registry,
      shelf,
      readInForce: async () => noted,
      onSwitched: ({ version }) => switched.push(version),
      warn: (message) => warned.push(message),
    });
    challenger = new FollowedVersion({
      alias: 'challenger',
      clock,
      load: (version) => shelf.load('m', version),
      onSwitched: () => shelf.tidy(),
      warn: (message) => warned.push(message),
    });
    shelf.neededBy(() => challenger.needed.map((version) => `m/${version}`));
    served = new ServedModels({ model: 'm', registry, shelf, champions, challenger });
  });

  const answering = (): string | undefined => served.find('m')?.tensors.version;
  const switchTo = (version: string, number: number): void => champions.switched({ version, number, fromPlan: false });

  it("begin with the pipeline file's version, and with what is in force where an alias was set", async () => {
    await champions.begin();
    expect([answering(), small.loaded]).toEqual(['1', ['m/1']]);
    noted = { version: '2', number: 17 };
    expect(await champions.first()).toEqual({ version: '2', number: 17, fromPlan: false });
    await champions.begin();
    expect(answering()).toBe('2');
  });

  it("ask for the pipeline file's version again, where the store did not answer the first time", async () => {
    const { resolve } = small.registry;
    small.registry.resolve = async () => {
      throw new AppError('MODEL_STORE_UNREACHABLE', 'it answered 503.');
    };
    await expect(champions.fromPlan()).rejects.toMatchObject({ code: 'MODEL_STORE_UNREACHABLE' });
    small.registry.resolve = resolve;
    expect(await champions.fromPlan()).toBe('1');
  });

  it("begin with the pipeline file's where what is in force is of another vector, and say so", async () => {
    noted = { version: '2', number: 17 };
    small.broken.set('m/2', mismatch);
    expect(await champions.first()).toEqual({ version: '1', number: 17, fromPlan: true });
    expect(warned).toEqual([expect.stringContaining('begins with 1: it takes 21 features')]);
  });

  it('do not begin with anything else where what is in force cannot be loaded for another reason', async () => {
    noted = { version: '2', number: 17 };
    small.broken.set('m/2', new AppError('MODEL_INVALID', 'cut short'));
    await expect(champions.begin()).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });

  it('switch the doors once the version is loaded, and close the one before when nobody needs it', async () => {
    await champions.begin();
    switchTo('2', 17);
    expect(answering()).toBe('1');
    await expect.poll(answering).toBe('2');
    expect([switched, small.loaded, small.closed]).toEqual([['2'], ['m/2'], ['m/1']]);
  });

  it('follow the note like the record, and neither backwards', async () => {
    await champions.begin();
    champions.noted({ version: '3', number: 18 });
    switchTo('2', 17);
    champions.noted({ version: '2', number: 18 });
    await expect.poll(answering).toBe('3');
    expect(switched).toEqual(['3']);
  });

  it('keep the doors on the old one where the new one cannot be loaded, and are not well then', async () => {
    await champions.begin();
    small.broken.set('m/2', mismatch);
    switchTo('2', 17);
    await expect.poll(() => champions.problem).toContain('version 2 is champion and cannot be loaded');
    expect(answering()).toBe('1');
    switchTo('3', 18);
    await expect.poll(answering).toBe('3');
    expect(champions.problem).toBeNull();
  });

  describe('while the store of what they switch to does not answer', () => {
    const away = new AppError('MODEL_STORE_UNREACHABLE', 'it answered 503.');

    beforeEach(async () => {
      await champions.begin();
      small.broken.set('m/2', away);
      switchTo('2', 17);
      await expect.poll(() => warned.length).toBe(1);
    });

    it('keep the doors on the old one, say so, and switch once it answers', async () => {
      expect([answering(), champions.problem]).toEqual(['1', expect.stringContaining('it answered 503')]);
      expect(warned[0]).toContain('It is tried again; the one before stays at the doors.');
      clock.advance(1000);
      await expect.poll(() => warned.length).toBe(2);
      expect([answering(), switched]).toEqual(['1', []]);
      small.broken.delete('m/2');
      clock.advance(1000);
      await expect.poll(answering).toBe('2');
      expect([switched, champions.problem]).toEqual([['2'], null]);
    });

    it('wait no more for what was overtaken, or once they are closed', async () => {
      switchTo('3', 18);
      await expect.poll(answering).toBe('3');
      small.broken.delete('m/2');
      clock.advance(1000);
      await new Promise(setImmediate);
      expect([answering(), switched]).toEqual(['3', ['3']]);
      small.broken.set('m/1', away);
      switchTo('1', 19);
      await expect.poll(() => warned.length).toBe(2);
      champions.close();
      small.broken.clear();
      clock.advance(10_000);
      await new Promise(setImmediate);
      expect([answering(), small.loaded, warned.length]).toEqual(['3', ['m/3'], 2]);
    });
  });

  describe('beside a challenger', () => {
    const challenge = (version: string, number: number): Promise<void> =>
      challenger.follow({ version, number, fromPlan: false });
    const asked = (alias: string): string | undefined => served.find('m', alias)?.tensors.version;

    beforeEach(() => champions.begin());

    it('answer as before, and each is asked by its alias', async () => {
      expect([asked('champion'), asked('challenger')]).toEqual(['1', undefined]);
      await challenge('3', 17);
      expect([answering(), asked('champion'), asked('challenger')]).toEqual(['1', '1', '3']);
      switchTo('2', 18);
      await expect.poll(answering).toBe('2');
      expect([asked('champion'), asked('challenger')]).toEqual(['2', '3']);
    });

    it('keep it loaded until another one is, which a later switch alone makes', async () => {
      await challenge('3', 17);
      await challenge('2', 16);
      expect([asked('challenger'), small.loaded]).toEqual(['3', ['m/1', 'm/3']]);
      small.broken.set('m/2', mismatch);
      await challenge('2', 18);
      expect([asked('challenger'), warned]).toEqual(['3', [expect.stringContaining('version 2 is challenger')]]);
      await challenge('1', 19);
      expect([asked('challenger'), small.loaded]).toEqual(['1', ['m/1']]);
      expect(champions.problem).toBeNull();
    });

    it('are of the pipeline file’s model alone', async () => {
      await challenge('3', 17);
      await served.load('other', null);
      expect([served.find('other', 'champion'), served.find('other', 'challenger')]).toEqual([null, null]);
    });
  });

  describe('with models that clients have loaded', () => {
    beforeEach(() => champions.begin());

    it('serve both, the champion where no version is named', async () => {
      await served.load('m', '3');
      await served.load('other', null);
      expect(served.all.map(({ tensors }) => `${tensors.name} ${tensors.version}`)).toEqual(['m 1', 'm 3', 'other 1']);
      expect([answering(), served.find('m', '3')?.tensors.version]).toEqual(['1', '3']);
      expect([served.find('other')?.tensors.version, served.find('m', '2')]).toEqual(['1', null]);
    });

    it('let go what was loaded by a client, and never what the pipeline needs', async () => {
      await served.load('m', '3');
      served.unload('m', null);
      expect(small.loaded).toEqual(['m/1']);
      expect(() => served.unload('m', null)).toThrow(expect.objectContaining({ code: 'MODEL_IN_USE' }));
      expect(() => served.unload('m', '2')).toThrow(expect.objectContaining({ code: 'MODEL_NOT_FOUND' }));
      await served.load('m', '1');
      served.unload('m', '1');
      expect(small.loaded).toEqual(['m/1']);
    });

    it('keep the version that a client loaded when it was champion and is not any more', async () => {
      await served.load('m', '1');
      switchTo('2', 17);
      await expect.poll(answering).toBe('2');
      expect(small.loaded).toEqual(['m/1', 'm/2']);
    });

    it('say why a model cannot be loaded, and do not remember it', async () => {
      small.broken.set('other/1', mismatch);
      await expect(served.load('other', null)).rejects.toBe(mismatch);
      await expect(served.load('m', '9')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
      expect(() => served.unload('other', null)).toThrow(expect.objectContaining({ code: 'MODEL_NOT_FOUND' }));
    });
  });
});
