import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DeadlineHeap } from './deadline-heap.ts';
import { submissionOf } from './testing/submission-of.ts';

const times = fc.array(fc.nat(1000), { maxLength: 60, size: 'max' });

describe('DeadlineHeap', () => {
  it('gives back in order of expiry what was not removed, wherever that stood', () => {
    fc.assert(
      fc.property(times, fc.array(fc.nat(), { maxLength: 40, size: 'max' }), (expiries, removals) => {
        const heap = new DeadlineHeap<number, number>();
        const left = expiries.map((expiresMs) => submissionOf([1], { expiresMs }));
        for (const submission of left) heap.add(submission);
        for (const which of removals) {
          const [removed] = left.splice(which % Math.max(1, left.length), 1);
          if (removed) heap.remove(removed);
        }
        const found: number[] = [];
        for (let next = heap.first; next; next = heap.first) {
          found.push(next.terms.expiresMs);
          heap.remove(next);
        }
        expect(found).toEqual(left.map(({ terms }) => terms.expiresMs).toSorted((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });

  it('does nothing to what is not there', () => {
    const heap = new DeadlineHeap<number, number>();
    const [there, gone] = [submissionOf([1], { expiresMs: 1 }), submissionOf([1], { expiresMs: 2 })];
    heap.add(there);
    heap.remove(gone);
    expect(heap.first).toBe(there);
  });
});
