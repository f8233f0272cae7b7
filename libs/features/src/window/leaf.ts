import type { AnyAggregator } from '../aggregators/aggregator.ts';
import { isBefore, type Entry } from './entry.ts';
import { Summaries } from './summaries.ts';
import type { Fold, WindowNode } from './window-node.ts';

/** Few windows hold more: these are folded entry by entry, without a tree. */
const MOST_ENTRIES = 64;

/** A stretch of entries that is looked at entry by entry. */
export class Leaf implements WindowNode {
  #entries: Entry[];
  readonly #summaries = new Summaries();

  constructor(entries: Entry[] = []) {
    this.#entries = entries;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  get first(): Entry | undefined {
    return this.#entries[0];
  }

  get last(): Entry | undefined {
    return this.#entries.at(-1); // [-1] of an empty one would make V8 look for a property of that name
  }

  fold({ aggregator, slot, from, to }: Fold, state: unknown): void {
    aggregator.take(state, { entries: this.#entries, from: this.#firstFrom(from), to: this.#firstFrom(to), slot });
  }

  summary(aggregator: AnyAggregator, slot: number): unknown {
    const contents = { entries: this.#entries, from: 0, to: this.#entries.length, slot };
    return (
      this.#summaries.get(slot) ?? this.#summaries.keep(aggregator, slot, (state) => aggregator.take(state, contents))
    );
  }

  insert(entry: Entry): { readonly isNew: boolean; readonly split?: WindowNode } {
    const { last } = this;
    if (!last || isBefore(last, entry)) {
      if (this.#entries.length === MOST_ENTRIES) return { isNew: true, split: new Leaf([entry]) };
      this.#entries.push(entry);
    } else {
      const place = this.#place(entry);
      const found = this.#entries[place];
      if (found && found.at === entry.at && found.id === entry.id) return { isNew: false };
      this.#entries.splice(place, 0, entry);
    }
    this.#summaries.forget();
    return this.#entries.length <= MOST_ENTRIES ? { isNew: true } : { isNew: true, split: this.#halve() };
  }

  remove(entry: Entry): boolean {
    const place = this.#place(entry);
    if (this.#entries[place] !== entry) return false;
    this.#entries.splice(place, 1);
    this.#summaries.forget();
    return true;
  }

  dropThrough(time: number): readonly Entry[] {
    this.#summaries.forget();
    return this.#entries.splice(0, this.#firstFrom(time + 1));
  }

  between(from: number, to: number): readonly Entry[] {
    return this.#entries.slice(this.#firstFrom(from), this.#firstFrom(to));
  }

  #halve(): Leaf {
    return new Leaf(this.#entries.splice(this.#entries.length >> 1));
  }

  #place(entry: Entry): number {
    return this.#search((other) => !isBefore(other, entry));
  }

  /** Index of the first entry at or after `time`. The ends are the common case. */
  #firstFrom(time: number): number {
    const { first, last } = this;
    if (!first || !last || last.at < time) return this.#entries.length;
    return first.at >= time ? 0 : this.#search((entry) => entry.at >= time);
  }

  /** Index of the first entry for which `holds`, which is false up to there and true from there on. */
  #search(holds: (entry: Entry) => boolean): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.#entries[middle] as Entry)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
