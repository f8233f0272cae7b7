import { describe, expect, it } from 'vitest';

import { Pace } from './pace.ts';

describe('Pace', () => {
  it('begins small, and allows the most after some batches that kept to the budget', () => {
    const pace = new Pace(500, 5000);
    expect(pace.records()).toBeLessThan(500);
    for (let i = 0; i < 10; i++) pace.learn(pace.records(), 1);
    expect(pace.records()).toBe(5000);
  });

  it('gives a model of 100 rows a second no batch of more than a few seconds, the first one included', () => {
    const pace = new Pace(500, 20_000);
    for (let i = 0; i < 20; i++) {
      const tookMs = pace.records() * 10;
      expect(tookMs).toBeLessThan(3000);
      pace.learn(pace.records(), tookMs);
    }
    expect(pace.records()).toBe(50);
  });

  it('bounds a batch of slow records by time', () => {
    const pace = new Pace(500, 5000);
    for (let i = 0; i < 20; i++) pace.learn(10, 100);
    expect(pace.records()).toBe(50);
  });

  it('forgets a slow start after a few large batches', () => {
    const pace = new Pace(500, 5000);
    pace.learn(2, 40);
    for (let i = 0; i < 6; i++) pace.learn(500, 50);
    expect(pace.records()).toBeGreaterThan(2500);
  });

  it('always allows one record', () => {
    const pace = new Pace(500, 5000);
    pace.learn(1, 60_000);
    expect(pace.records()).toBe(1);
  });
});
