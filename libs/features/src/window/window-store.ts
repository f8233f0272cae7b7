import type { Journal } from '@millrace/core';

import { OffsetSet } from '../stage/offset-set.ts';
import { EntryTree } from './entry-tree.ts';
import type { Entry } from './entry.ts';
import { foldPane, type SlotAggregators } from './fold-pane.ts';
import { KeysByTime } from './keys-by-time.ts';
import { paneStart } from './pane.ts';

/** Into how many stretches of time the longest window is cut for dropping. */
const STRETCHES = 32;
/** Folded, so few entries would take more memory than they do as they are. */
const FEW = 4;

export interface WindowStoreOptions {
  /** The longest window of the features. */
  readonly overMs: number;
  /** Null: exact. */
  readonly resolutionMs: number | null;
  readonly aggregators: SlotAggregators;
  readonly journal: Journal;
}

/**
 * The contents of windows over one event type in one partition of a stage, by the stage's key: of all features that are
 * exact, or that have the same panes.
 */
export class WindowStore {
  /** A millisecond where windows are exact. */
  readonly widthMs: number;
  readonly offsets = new OffsetSet();
  readonly #overMs: number;
  readonly #aggregators: SlotAggregators;
  readonly #journal: Journal;
  readonly #lists = new Map<string, EntryTree>();
  readonly #droppable: KeysByTime;
  /** Null where windows are exact. */
  readonly #foldable: KeysByTime | null;

  constructor({ overMs, resolutionMs, aggregators, journal }: WindowStoreOptions) {
    this.widthMs = resolutionMs ?? 1;
    this.#overMs = overMs;
    this.#aggregators = aggregators;
    this.#journal = journal;
    this.#droppable = new KeysByTime(Math.max(1, Math.ceil(overMs / STRETCHES)));
    this.#foldable = resolutionMs === null ? null : new KeysByTime(resolutionMs);
  }

  /** Whether one of the features takes something from an event with these values. */
  takesFrom(values: Entry['values']): boolean {
    for (const slot of this.#aggregators.keys()) if (values[slot] !== null) return true;
    return false;
  }

  /**
   * Does nothing where (at, id) is there already.
   *
   * @param overdue its pane may have been folded
   * @returns false when it is older than every window at the horizon, or has no pane to go to
   */
  enter(key: string, entry: Entry, horizon: number, overdue: boolean): boolean {
    if (entry.at < this.#firstSeen(horizon) || (overdue && this.#foldable)) return false;
    if (!this.#listOf(key).insert(entry)) return true;
    this.offsets.add(entry.offset);
    this.#droppable.touch(key, entry.at);
    this.#foldable?.touch(key, entry.at);
    this.#journal.record(() => this.#takeBack(key, entry));
    return true;
  }

  /** How far back the longest window reaches, with its pane. */
  get reachMs(): number {
    return this.#overMs + this.widthMs;
  }

  get(key: string): EntryTree | undefined {
    return this.#lists.get(key);
  }

  /**
   * Drops what no window at or after `horizon` sees, and folds the panes that end at or before it, sooner or later;
   * answers never depend on when.
   */
  compact(horizon: number): void {
    const first = this.#firstSeen(horizon);
    for (const { keys } of this.#droppable.endedBy(first)) for (const key of keys) this.#drop(key, first - 1);
    for (const { from, keys } of this.#foldable?.endedBy(horizon) ?? []) for (const key of keys) this.#fold(key, from);
    this.offsets.trim();
  }

  /** The least time that a request at `horizon` sees. */
  #firstSeen(horizon: number): number {
    return paneStart(horizon - this.#overMs + 1, this.widthMs);
  }

  #drop(key: string, through: number): void {
    const list = this.#lists.get(key);
    if (!list) return;
    for (const { offset } of list.dropThrough(through)) this.offsets.remove(offset);
    if (list.isEmpty) this.#lists.delete(key);
  }

  #fold(key: string, from: number): void {
    const list = this.#lists.get(key);
    const entries = [...(list?.between(from, from + this.widthMs) ?? [])];
    if (!list || entries.length <= FEW) return;
    const pane = foldPane(from, entries, this.#aggregators);
    for (const entry of entries) {
      list.remove(entry);
      this.offsets.remove(entry.offset);
    }
    list.insert(pane);
    this.offsets.add(pane.offset);
  }

  #listOf(key: string): EntryTree {
    const found = this.#lists.get(key);
    if (found) return found;
    const opened = new EntryTree();
    this.#lists.set(key, opened);
    return opened;
  }

  #takeBack(key: string, entry: Entry): void {
    const list = this.#lists.get(key);
    list?.remove(entry);
    if (list?.isEmpty) this.#lists.delete(key);
    this.offsets.remove(entry.offset);
  }
}
