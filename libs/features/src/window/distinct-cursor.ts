import type { Value } from '@millrace/core';

import type { Entry } from './entry.ts';
import type { WindowNode } from './window-node.ts';

/**
 * How often each value occurs in the stretch of a long window that was asked for last. The next request asks for a stretch
 * a little further on, so the count moves there over what lies between: each event is met once when it comes in and once
 * when it goes out, where states of whole nodes would be as large as their sets of values.
 */
export class DistinctCursor {
  readonly #slot: number;
  readonly #counts = new Map<Value, number>();
  #from = 0;
  #to = 0;

  constructor(slot: number) {
    this.#slot = slot;
  }

  /** @returns how many different values lie from `from` (included) to `before` (excluded) */
  moveTo(node: WindowNode, from: number, before: number): number {
    const to = Math.max(from, before); // a request behind the horizon may see nothing
    if (from >= this.#to || to <= this.#from) {
      this.#counts.clear();
      this.#count(node.between(from, to), 1);
    } else {
      this.#count(node.between(from, this.#from), 1);
      this.#count(node.between(this.#from, from), -1);
      this.#count(node.between(this.#to, to), 1);
      this.#count(node.between(to, this.#to), -1);
    }
    this.#from = from;
    this.#to = to;
    return this.#counts.size;
  }

  entered(entry: Entry): void {
    if (this.#from <= entry.at && entry.at < this.#to) this.#count([entry], 1);
  }

  left(entry: Entry): void {
    if (this.#from <= entry.at && entry.at < this.#to) this.#count([entry], -1);
  }

  #count(entries: Iterable<Entry>, change: 1 | -1): void {
    for (const { values } of entries) {
      const value = values[this.#slot] as Value | ReadonlySet<Value>;
      if (value === null) continue;
      if (value instanceof Set) for (const one of value) this.#countOne(one, change); // a pane
      else this.#countOne(value as Value, change);
    }
  }

  #countOne(value: Value, change: 1 | -1): void {
    const count = (this.#counts.get(value) ?? 0) + change;
    if (count === 0) this.#counts.delete(value);
    else this.#counts.set(value, count);
  }
}
