import { Journal } from '@millrace/core';
import { expect, it, onTestFinished, vi } from 'vitest';

import { OffsetSet } from '../stage/offset-set.ts';
import { EntryTree } from './entry-tree.ts';
import { WindowStore } from './window-store.ts';

it('a store of very many keys looks at those alone that have something to drop, and keeps nothing of them', () => {
  const many = 100_000;
  const [offsets, journal] = [new OffsetSet(), new Journal()];
  const store = new WindowStore(many, offsets, journal);
  for (let at = 0; at < many; at++) store.insert(`key ${at}`, { at, id: 'x', offset: at, values: [true] });
  journal.forget();
  const looked = vi.spyOn(EntryTree.prototype, 'dropThrough');
  onTestFinished(() => looked.mockRestore());

  for (let i = 0; i < 100; i++) store.drop(many - 1 + i);
  expect(looked).toHaveBeenCalledTimes(0);
  store.drop(many + many / 2);
  expect(looked).toHaveBeenCalledTimes(many / 2);
  expect([store.get('key 49999'), offsets.size, offsets.least()]).toEqual([undefined, many / 2, many / 2]);
  expect(store.get('key 50000')?.isEmpty).toBe(false);
  store.drop(3 * many);
  expect(looked).toHaveBeenCalledTimes(many);
  expect([store.get('key 99999'), offsets.size]).toEqual([undefined, 0]);
});
