import type { Journal } from '@millrace/core';

import { deleteJournaled, putJournaled } from './journaled.ts';
import type { OffsetSet } from './offset-set.ts';
import type { OpenRequest } from './open-request.ts';

/** The requests of a partition that are not answered yet, and which of them wait for which promise. */
export class OpenRequests {
  readonly #journal: Journal;
  readonly #offsets: OffsetSet;
  readonly #open = new Map<number, OpenRequest>();
  /** By promise, in arrival order. */
  readonly #waiting = new Map<string, OpenRequest[]>();

  constructor(offsets: OffsetSet, journal: Journal) {
    this.#offsets = offsets;
    this.#journal = journal;
  }

  get size(): number {
    return this.#open.size;
  }

  add(open: OpenRequest): void {
    putJournaled(this.#journal, this.#open, open.offset, open);
    this.#offsets.add(open.offset);
    this.#journal.record(() => this.#offsets.remove(open.offset));
  }

  close({ offset }: OpenRequest): void {
    deleteJournaled(this.#journal, this.#open, offset);
    this.#offsets.remove(offset);
    this.#journal.record(() => this.#offsets.add(offset));
  }

  wait(open: OpenRequest, promise: string): void {
    open.waiting = true;
    const waiting = this.#waiting.get(promise);
    if (!waiting) return putJournaled(this.#journal, this.#waiting, promise, [open]);
    waiting.push(open);
    this.#journal.record(() => waiting.pop());
  }

  /** Those whose promise has reached their time, in arrival order; they no longer wait. */
  release(reached: (promise: string) => number): readonly OpenRequest[] {
    const released: OpenRequest[] = [];
    for (const [promise, waiting] of this.#waiting) {
      const to = reached(promise);
      if (!waiting.some(({ request }) => request.at <= to)) continue;
      released.push(...waiting.filter(({ request }) => request.at <= to));
      const rest = waiting.filter(({ request }) => request.at > to);
      if (rest.length === 0) deleteJournaled(this.#journal, this.#waiting, promise);
      else putJournaled(this.#journal, this.#waiting, promise, rest);
    }
    for (const open of released) this.#stopWaiting(open);
    return released.sort((a, b) => a.offset - b.offset);
  }

  /** The least event time of an open request; ∞ without any. */
  oldestAt(): number {
    return this.#least(({ request }) => request.at);
  }

  /** The least broker time of an open request; ∞ without any. */
  oldestTimestamp(): number {
    return this.#least(({ timestamp }) => timestamp);
  }

  #stopWaiting(open: OpenRequest): void {
    open.waiting = false;
    this.#journal.record(() => (open.waiting = true));
  }

  #least(of: (open: OpenRequest) => number): number {
    let least = Infinity;
    for (const open of this.#open.values()) least = Math.min(least, of(open));
    return least;
  }
}
