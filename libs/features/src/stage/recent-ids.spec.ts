import { Journal } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FingerprintSet } from './fingerprint-set.ts';
import { fingerprintOf, type Fingerprint } from './fingerprint.ts';
import { OffsetSet } from './offset-set.ts';
import { RecentIds } from './recent-ids.ts';

const print = (id: number): Fingerprint => fingerprintOf('t', `${id}`, 0);
const moves = fc.array(fc.record({ add: fc.boolean(), n: fc.integer({ min: 0, max: 60 }) }), { maxLength: 300 });

describe('FingerprintSet', () => {
  it('behaves as a set, through collisions, growth and deletions', () => {
    /** Few homes, so that most collide. */
    const crowded = (n: number): Fingerprint => [((n % 3) * 2) | 1, n, 0, 0];
    fc.assert(
      fc.property(moves, fc.constantFrom(print, crowded), (steps, of) => {
        const [subject, model] = [new FingerprintSet(), new Set<number>()];
        for (const { add, n } of steps) {
          if (add) expect(subject.add(of(n))).toBe(!model.has(n));
          else subject.delete(of(n));
          if (add) model.add(n);
          else model.delete(n);
        }
        expect(subject.size).toBe(model.size);
        for (let n = 0; n <= 60; n++) expect(subject.has(of(n))).toBe(model.has(n));
      }),
    );
  });
});

describe('OffsetSet', () => {
  it('knows what comes when all before has gone', () => {
    const subject = new OffsetSet();
    subject.add(5);
    subject.remove(5);
    subject.trim();
    subject.add(6);
    expect([subject.least(), subject.size]).toEqual([6, 1]);
  });

  it('knows the least of what was added and not removed', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 100_000 })), fc.nat(), (offsets, left) => {
        const subject = new OffsetSet();
        for (const offset of offsets.toSorted((a, b) => a - b)) subject.add(offset);
        const kept = offsets.slice(left % (offsets.length + 1));
        for (const offset of offsets.slice(0, left % (offsets.length + 1))) subject.remove(offset);
        subject.trim();
        expect(subject.least()).toBe(kept.length === 0 ? null : Math.min(...kept));
        expect(subject.size).toBe(kept.length);
      }),
    );
  });
});

describe('RecentIds', () => {
  it('does not remember again, in a restore, what it had forgotten for want of memory', () => {
    const dedupe = { withinMs: 120, memoryBytes: 600 };
    const before = new RecentIds(dedupe, new Journal());
    for (let i = 0; i < 30; i++) before.remember(print(i), i * 4, i);
    expect([before.knows(print(0), 116), before.knows(print(29), 116)]).toEqual([false, true]);
    const after = new RecentIds(dedupe, new Journal());
    after.resume(before.rememberFrom);
    for (let i = 1; i < 30; i++) after.remember(print(i), i * 4, i);
    for (let i = 0; i < 30; i++) expect(after.knows(print(i), 116), `${i}`).toBe(before.knows(print(i), 116));
    expect(after.least()).toBe(before.least());
  });

  it('says how far back it reaches', () => {
    const ids = new RecentIds({ withinMs: 120, memoryBytes: 1e6 }, new Journal());
    for (const at of [0, 50, 100, 150, 200]) ids.remember(print(at), at, at);
    ids.prune(Infinity);
    expect(ids.reachMs).toBe(100);
    expect(ids.knows(print(100), 200)).toBe(true);
  });
});
