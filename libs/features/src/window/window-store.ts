import type { Journal } from '@millrace/core';

import type { OffsetSet } from '../stage/offset-set.ts';
import { EntryTree } from './entry-tree.ts';
import type { Entry } from './entry.ts';

/** Into how many stretches of time the longest window is cut for dropping. */
const STRETCHES = 32;

/** The contents of all windows over one event type in one partition of a stage, by the stage's key. */
export class WindowStore {
  /** The longest window over this type. */
  readonly overMs: number;
  readonly #offsets: OffsetSet;
  readonly #journal: Journal;
  readonly #lists = new Map<string, EntryTree>();
  /** Which keys got something in which stretch of event time, so that dropping looks at no others. */
  readonly #touched = new Map<number, Set<string>>();
  readonly #stretchMs: number;

  constructor(overMs: number, offsets: OffsetSet, journal: Journal) {
    this.overMs = overMs;
    this.#offsets = offsets;
    this.#journal = journal;
    this.#stretchMs = Math.max(1, Math.ceil(overMs / STRETCHES));
  }

  /** Does nothing where (at, id) is there already. */
  insert(key: string, entry: Entry): void {
    if (!this.#listOf(key).insert(entry)) return;
    this.#offsets.add(entry.offset);
    this.#touch(key, entry.at);
    this.#journal.record(() => this.#takeBack(key, entry));
  }

  get(key: string): EntryTree | undefined {
    return this.#lists.get(key);
  }

  /** Drops what no window at or after `horizon` sees, sooner or later; answers never depend on when. */
  drop(horizon: number): void {
    const through = horizon - this.overMs;
    for (const [stretch, keys] of this.#touched) {
      if ((stretch + 1) * this.#stretchMs - 1 > through) continue;
      for (const key of keys) this.#dropOf(key, through);
      this.#touched.delete(stretch);
    }
  }

  #dropOf(key: string, through: number): void {
    const list = this.#lists.get(key);
    if (!list) return;
    for (const { offset } of list.dropThrough(through)) this.#offsets.remove(offset);
    if (list.isEmpty) this.#lists.delete(key);
  }

  #listOf(key: string): EntryTree {
    const found = this.#lists.get(key);
    if (found) return found;
    const opened = new EntryTree();
    this.#lists.set(key, opened);
    return opened;
  }

  #touch(key: string, at: number): void {
    const stretch = Math.floor(at / this.#stretchMs);
    const keys = this.#touched.get(stretch);
    if (keys) keys.add(key);
    else this.#touched.set(stretch, new Set([key]));
  }

  #takeBack(key: string, entry: Entry): void {
    const list = this.#lists.get(key);
    list?.remove(entry);
    if (list?.isEmpty) this.#lists.delete(key);
    this.#offsets.remove(entry.offset);
  }
}
