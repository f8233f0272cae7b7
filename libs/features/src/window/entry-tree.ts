import type { Value } from '@millrace/core';

import type { AnyAggregator } from '../aggregators/aggregator.ts';
import { Branch } from './branch.ts';
import { DistinctCursor } from './distinct-cursor.ts';
import type { Entry } from './entry.ts';
import { Leaf } from './leaf.ts';
import type { WindowNode } from './window-node.ts';

/**
 * The events of one type under one key: a set by (at, id), kept in that order. The first one that came wins.
 *
 * A B+ tree whose nodes remember what all their entries come to (R. Bayer, E. McCreight, "Organization and Maintenance
 * of Large Ordered Indexes", 1972; with partial aggregates as in K. Tangwongsan, M. Hirzel, S. Schneider, "Optimal and
 * General Out-of-Order Sliding-Window Aggregation", VLDB 2019). Up to 64 entries are one leaf and no tree. Of *n*
 * entries, wherever an event enters and whatever stretch a request asks for, O(log n) nodes are looked at.
 */
export class EntryTree {
  #root: WindowNode = new Leaf();
  /** By slot; null where none has been asked for, as in most of the keys. */
  #cursors: Map<number, DistinctCursor> | null = null;

  get isEmpty(): boolean {
    return this.#root.isEmpty;
  }

  /** False when one with this time and id is there already. */
  insert(entry: Entry): boolean {
    const { isNew, split } = this.#root.insert(entry);
    if (split) this.#root = new Branch([this.#root, split]);
    if (isNew) this.#cursors?.forEach((cursor) => cursor.entered(entry));
    return isNew;
  }

  remove(entry: Entry): void {
    if (!this.#root.remove(entry)) return;
    this.#cursors?.forEach((cursor) => cursor.left(entry));
    this.#lower();
  }

  /** Takes out what is stamped at or before `time`. */
  dropThrough(time: number): readonly Entry[] {
    const dropped = this.#root.dropThrough(time);
    this.#cursors?.forEach((cursor) => dropped.forEach((entry) => cursor.left(entry)));
    this.#lower();
    return dropped;
  }

  /** In order: what is stamped from `from` (included) to `to` (excluded). */
  between(from: number, to: number): Iterable<Entry> {
    return this.#root.between(from, to);
  }

  /** The state of what is stamped from `from` (included) to `to` (excluded), for the feature at `slot`. */
  fold(aggregator: AnyAggregator, slot: number, from: number, to: number): unknown {
    const state = aggregator.open();
    this.#root.fold({ aggregator, slot, from, to }, state);
    return state;
  }

  /**
   * How many different values the feature at `slot` has in the stretch.
   *
   * @param aggregator that of `distinct`
   */
  distinct(aggregator: AnyAggregator, slot: number, from: number, to: number): number {
    if (this.#root instanceof Leaf) return (this.fold(aggregator, slot, from, to) as Set<Value>).size;
    this.#cursors ??= new Map();
    const cursor = this.#cursors.get(slot) ?? new DistinctCursor(slot);
    this.#cursors.set(slot, cursor);
    return cursor.moveTo(this.#root, from, to);
  }

  /** An empty tree is a leaf, and no branch stands above a single node. */
  #lower(): void {
    while (this.#root instanceof Branch) {
      if (this.#root.isEmpty) this.#root = new Leaf();
      const { only } = this.#root as Branch;
      if (!only) return;
      this.#root = only;
    }
    this.#cursors = null;
  }
}
