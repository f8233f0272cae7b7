import { Journal } from '@millrace/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { KeyQueue } from './key-queue.ts';

/** All of it, without changing it. */
function itemsOf(queue: KeyQueue<number>, journal: Journal): readonly number[] {
  const before = journal.savepoint();
  const items: number[] = [];
  for (let item = queue.first; item !== undefined; item = queue.first) {
    items.push(item);
    queue.shift();
  }
  journal.rollback(before);
  return items;
}

it('a queue is the list of what was pushed and not shifted, also behind what is undone', () => {
  const step = fc.constantFrom('push', 'push', 'shift', 'save', 'undo');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const journal = new Journal();
      const queue = new KeyQueue<number>(journal);
      let list: readonly number[] = [];
      let saved = { at: journal.savepoint(), list };
      steps.forEach((what, n) => {
        if (what === 'push') {
          queue.push(n);
          list = [...list, n];
        } else if (what === 'shift') {
          queue.shift();
          list = list.slice(1);
        } else if (what === 'save') saved = { at: journal.savepoint(), list };
        else {
          journal.rollback(saved.at);
          ({ list } = saved);
        }
        expect([...queue]).toEqual(list);
        expect(itemsOf(queue, journal)).toEqual(list);
      });
    }),
  );
});
