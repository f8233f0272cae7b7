import type { AnyAggregator } from '../aggregators/aggregator.ts';
import { isBefore, type Entry } from './entry.ts';
import { Summaries } from './summaries.ts';
import type { Fold, WindowNode } from './window-node.ts';

const MOST_CHILDREN = 16;

/** A stretch of entries that is looked at by its parts, each of which knows what a whole one comes to. */
export class Branch implements WindowNode {
  #children: WindowNode[];
  readonly #summaries = new Summaries();

  constructor(children: WindowNode[]) {
    this.#children = children;
  }

  get isEmpty(): boolean {
    return this.#children.length === 0;
  }

  get first(): Entry | undefined {
    return this.#children[0]?.first;
  }

  get last(): Entry | undefined {
    return this.#children[this.#children.length - 1]?.last;
  }

  /** Alone in a root, this one can stand for it. */
  get only(): WindowNode | undefined {
    return this.#children.length === 1 ? this.#children[0] : undefined;
  }

  fold(fold: Fold, state: unknown): void {
    const { aggregator, slot, from, to } = fold;
    for (const child of this.#children) {
      const [first, last] = [child.first!.at, child.last!.at];
      if (first >= to) return;
      if (last < from) continue;
      if (first >= from && last < to && !this.#grows(child)) aggregator.merge(state, child.summary(aggregator, slot));
      else child.fold(fold, state);
    }
  }

  summary(aggregator: AnyAggregator, slot: number): unknown {
    return (
      this.#summaries.get(slot) ??
      this.#summaries.keep(aggregator, slot, (state) => {
        for (const child of this.#children) aggregator.merge(state, child.summary(aggregator, slot));
      })
    );
  }

  insert(entry: Entry): { readonly isNew: boolean; readonly split?: WindowNode } {
    const place = this.#childFor(entry);
    const { isNew, split } = this.#children[place]!.insert(entry);
    if (!isNew) return { isNew };
    this.#summaries.forget();
    if (!split) return { isNew };
    this.#children.splice(place + 1, 0, split);
    if (this.#children.length <= MOST_CHILDREN) return { isNew };
    // Behind the last one, full nodes are left behind: entries mostly come in order.
    const kept = place + 2 === this.#children.length ? MOST_CHILDREN : MOST_CHILDREN >> 1;
    return { isNew, split: new Branch(this.#children.splice(kept)) };
  }

  remove(entry: Entry): boolean {
    const place = this.#childFor(entry);
    const child = this.#children[place]!;
    if (!child.remove(entry)) return false;
    if (child.isEmpty) this.#children.splice(place, 1);
    this.#summaries.forget();
    return true;
  }

  dropThrough(time: number): readonly Entry[] {
    const dropped: Entry[] = [];
    while (this.#children.length > 0) {
      const child = this.#children[0]!;
      if (child.first!.at > time) break;
      dropped.push(...child.dropThrough(time));
      if (!child.isEmpty) break;
      this.#children.shift();
    }
    this.#summaries.forget();
    return dropped;
  }

  *between(from: number, to: number): Generator<Entry> {
    for (const child of this.#children) {
      if (child.first!.at >= to) return;
      if (child.last!.at >= from) yield* child.between(from, to);
    }
  }

  /** What comes in order changes the last child, so its summary would be made anew for each request. */
  #grows(child: WindowNode): boolean {
    return child === this.#children[this.#children.length - 1];
  }

  /** The last child that begins at or before the entry, or the first one. */
  #childFor(entry: Entry): number {
    let low = 0;
    let high = this.#children.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (isBefore(entry, this.#children[middle]!.first!)) high = middle - 1;
      else low = middle;
    }
    return low;
  }
}
