import { Journal } from '@millrace/core';
import { expect, it, onTestFinished, vi } from 'vitest';

import { EntryTree } from './entry-tree.ts';
import { WindowStore } from './window-store.ts';

it('a store of very many keys looks at those alone that have something to drop, and keeps nothing of them', () => {
  const many = 100_000;
  const journal = new Journal();
  const store = new WindowStore({ overMs: many, resolutionMs: null, aggregators: new Map(), journal });
  const { offsets } = store;
  for (let at = 0; at < many; at++)
    store.enter(`key ${at}`, { at, id: 'x', offset: at, values: [true] }, -Infinity, false);
  journal.forget();
  const looked = vi.spyOn(EntryTree.prototype, 'dropThrough');
  onTestFinished(() => looked.mockRestore());

  for (let i = 0; i < 100; i++) store.compact(many - 1 + i);
  expect(looked).toHaveBeenCalledTimes(0);
  store.compact(many + many / 2);
  expect(looked).toHaveBeenCalledTimes(many / 2);
  expect([store.get('key 49999'), offsets.size, offsets.least()]).toEqual([undefined, many / 2, many / 2]);
  expect(store.get('key 50000')?.isEmpty).toBe(false);
  store.compact(3 * many);
  expect(looked).toHaveBeenCalledTimes(many);
  expect([store.get('key 99999'), offsets.size]).toEqual([undefined, 0]);
});
