import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decideBatch } from './batch-policy.ts';

const MAX_ROWS = 8;
const predictMs = (rows: number): number => rows * 2;

const decide = ({ rows = 3, dueMs = 120, nowMs = 100, idle = false }) =>
  decideBatch({ rows, dueMs }, { idle, maxRows: MAX_ROWS, predictMs }, nowMs);

describe('decideBatch', () => {
  it('lets a single row leave when an executor is idle', () => {
    expect(decide({ rows: 1, idle: true })).toEqual({ leave: 'idle' });
  });

  it('lets a full batch leave though nobody is idle', () => {
    expect(decide({ rows: 8 })).toEqual({ leave: 'full' });
  });

  it('waits until the deadline less the time that the batch takes', () => {
    expect(decide({})).toEqual({ untilMs: 114 });
    expect(decide({ nowMs: 114 })).toEqual({ leave: 'due' });
  });

  it('lets a batch leave at once whose deadline cannot be kept', () => {
    expect(decide({ rows: 7, dueMs: 101 })).toEqual({ leave: 'due' });
  });

  it('waits for nothing but an executor, and never longer than the deadline allows', () => {
    const world = { rows: fc.integer({ min: 1, max: 20 }), dueMs: fc.nat(300), nowMs: fc.nat(300), idle: fc.boolean() };
    fc.assert(
      fc.property(fc.record(world), (waiting) => {
        const decision = decide(waiting);
        if ('leave' in decision) return;
        expect(waiting.idle).toBe(false);
        expect(waiting.rows).toBeLessThan(MAX_ROWS);
        expect(decision.untilMs).toBeGreaterThan(waiting.nowMs);
        expect(decision.untilMs + predictMs(waiting.rows)).toBe(waiting.dueMs);
      }),
    );
  });
});
