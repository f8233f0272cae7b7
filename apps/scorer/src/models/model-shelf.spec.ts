import type { TensorModel } from '@millrace/inference';
import { beforeEach, describe, expect, it } from 'vitest';

import type { ModelStatistics } from '../door/model-statistics.ts';
import { ModelShelf, titleOf, type ServedModel } from './model-shelf.ts';

describe('ModelShelf', () => {
  let opened: string[];
  let closed: string[];
  let needed: string[];
  let loading: Map<string, PromiseWithResolvers<void>>;
  let shelf: ModelShelf;

  beforeEach(() => {
    [opened, closed, needed, loading] = [[], [], [], new Map()];
    shelf = new ModelShelf({ open, onLoaded: () => undefined, onClosed: () => undefined });
    shelf.neededBy(() => needed);
  });

  async function open(name: string, version: string): Promise<ServedModel> {
    opened.push(version);
    await loading.get(version)?.promise;
    const close = async (): Promise<void> => void closed.push(version);
    return {
      port: null,
      tensors: { name, version } as TensorModel,
      statistics: {} as ModelStatistics,
      queuedRows: () => 0,
      cachedBytes: () => null,
      close,
    };
  }
  const load = (version: string): Promise<ServedModel> => shelf.load('m', version);
  const there = (): string[] => shelf.all().map(({ tensors }) => tensors.version);

  it('loads a version once, however many ask for it', async () => {
    await Promise.all([load('1'), load('1')]);
    await load('1');
    expect([opened, there()]).toEqual([['1'], ['1']]);
  });

  it('has it when it is loaded, and not before', async () => {
    const gate = Promise.withResolvers<void>();
    loading.set('1', gate);
    const asked = load('1');
    expect(shelf.get('m', '1')).toBeNull();
    gate.resolve();
    await asked;
    expect(shelf.get('m', '1')?.tensors.version).toBe('1');
  });

  it('tries again what failed', async () => {
    const gate = Promise.withResolvers<void>();
    loading.set('1', gate);
    gate.reject(new Error('disk'));
    await expect(load('1')).rejects.toThrow('disk');
    loading.delete('1');
    await load('1');
    expect(opened).toEqual(['1', '1']);
  });

  it('closes what nobody needs, and leaves what somebody needs or loads', async () => {
    const gate = Promise.withResolvers<void>();
    loading.set('3', gate);
    await Promise.all([load('1'), load('2')]);
    const third = load('3');
    needed = [titleOf('m', '2')];
    shelf.tidy();
    expect([closed, there()]).toEqual([['1'], ['2']]);
    gate.resolve();
    await third;
    expect(there()).toEqual(['2', '3']);
  });

  it('closes what a call uses only when the call has ended', async () => {
    await Promise.all([load('1'), load('2')]);
    needed = [titleOf('m', '2')];
    const call = Promise.withResolvers<string>();
    const answer = shelf.use(titleOf('m', '1'), () => call.promise);
    shelf.tidy();
    expect(closed).toEqual([]);
    call.resolve('done');
    expect(await answer).toBe('done');
    expect(closed).toEqual(['1']);
  });

  it('closes all at the end, also what is still loading', async () => {
    const gate = Promise.withResolvers<void>();
    loading.set('2', gate);
    await load('1');
    void load('2');
    const ended = shelf.close();
    gate.resolve();
    await ended;
    expect(closed.toSorted()).toEqual(['1', '2']);
  });
});
