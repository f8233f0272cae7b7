import type { Journal } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';

import { FingerprintSet } from './fingerprint-set.ts';
import type { Fingerprint } from './fingerprint.ts';

/** Into how many stretches of broker time `dedupe.within` is cut: ids are forgotten a stretch at a time. */
const STRETCHES = 12;

interface Bucket {
  /** Broker time / width. */
  readonly stretch: number;
  readonly prints: FingerprintSet;
  /** Least and greatest offset of the requests remembered in it. */
  first: number;
  last: number;
}

/**
 * Which requests were answered lately: at least `dedupe.within` back in broker time (and at most a twelfth longer), as
 * far as `dedupe.memory` reaches: past it the oldest stretch is forgotten first. A sight renews an id.
 */
export class RecentIds {
  readonly #journal: Journal;
  readonly #memoryBytes: number;
  readonly #widthMs: number;
  /** Oldest first. */
  #buckets: readonly Bucket[] = [];
  /** What lies before this offset was forgotten for want of memory, and must not come back in a restore. */
  #rememberFrom = 0;
  /** Greatest broker time seen. */
  #now = -Infinity;

  constructor({ withinMs, memoryBytes }: Plan['dedupe'], journal: Journal) {
    this.#journal = journal;
    this.#memoryBytes = memoryBytes;
    this.#widthMs = Math.max(1, Math.ceil(withinMs / STRETCHES));
  }

  get rememberFrom(): number {
    return this.#rememberFrom;
  }

  /** How far back it reaches, in milliseconds of broker time. */
  get reachMs(): number {
    const oldest = this.#buckets[0];
    return oldest ? Math.max(0, this.#now - oldest.stretch * this.#widthMs) : 0;
  }

  knows(print: Fingerprint, timestamp: number): boolean {
    const oldest = this.#stretchOf(timestamp) - STRETCHES;
    return this.#buckets.some(({ stretch, prints }) => stretch >= oldest && prints.has(print));
  }

  remember(print: Fingerprint, timestamp: number, offset: number): void {
    if (offset < this.#rememberFrom) return;
    this.observe(timestamp);
    const bucket = this.#bucketOf(this.#stretchOf(timestamp));
    const { first, last } = bucket;
    const added = bucket.prints.add(print);
    bucket.first = Math.min(first, offset);
    bucket.last = Math.max(last, offset);
    this.#journal.record(() => {
      if (added) bucket.prints.delete(print);
      Object.assign(bucket, { first, last });
    });
    if (this.#bytes() > this.#memoryBytes) this.#forgetOldest();
  }

  observe(timestamp: number): void {
    if (timestamp <= this.#now) return;
    const before = this.#now;
    this.#journal.record(() => (this.#now = before));
    this.#now = timestamp;
  }

  /** Forgets what is past `dedupe.within` for every request yet to be judged: those to come, and those open since `oldestOpen`. */
  prune(oldestOpen: number): void {
    const oldest = this.#stretchOf(Math.min(this.#now, oldestOpen)) - STRETCHES;
    if ((this.#buckets[0]?.stretch ?? Infinity) < oldest)
      this.#buckets = this.#buckets.filter(({ stretch }) => stretch >= oldest);
  }

  /** The least offset of anything remembered; null without. */
  least(): number | null {
    if (this.#buckets.length === 0) return null;
    return Math.min(...this.#buckets.map(({ first }) => first));
  }

  /** Before a restore: what was forgotten then is not remembered now. */
  resume(rememberFrom: number): void {
    this.#rememberFrom = rememberFrom;
  }

  #stretchOf(timestamp: number): number {
    return Math.floor(timestamp / this.#widthMs);
  }

  #bytes(): number {
    return this.#buckets.reduce((sum, { prints }) => sum + prints.bytes, 0);
  }

  #bucketOf(stretch: number): Bucket {
    const found = this.#buckets.find((bucket) => bucket.stretch === stretch);
    if (found) return found;
    const opened = { stretch, prints: new FingerprintSet(), first: Infinity, last: -Infinity };
    this.#setBuckets([...this.#buckets, opened].sort((a, b) => a.stretch - b.stretch));
    return opened;
  }

  #forgetOldest(): void {
    const [oldest, ...rest] = this.#buckets as [Bucket, ...Bucket[]];
    const before = this.#rememberFrom;
    this.#journal.record(() => (this.#rememberFrom = before));
    this.#rememberFrom = Math.max(before, oldest.last + 1);
    this.#setBuckets(rest);
  }

  #setBuckets(buckets: readonly Bucket[]): void {
    const before = this.#buckets;
    this.#journal.record(() => (this.#buckets = before));
    this.#buckets = buckets;
  }
}
