import { describe, expect, it } from 'vitest';

import { decideBatch, type WaitingRows } from './batch-policy.ts';

const decide = (waiting: Partial<WaitingRows>) =>
  decideBatch({ rows: 3, oldestDeadlineMs: 120, nowMs: 100, idle: false, ...waiting }, 8, (rows) => rows * 2);

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
    expect(decide({ rows: 7, oldestDeadlineMs: 101 })).toEqual({ leave: 'due' });
  });
});
