import { describe, expect, it } from 'vitest';

import { Pace } from './pace.ts';

describe('Pace', () => {
  it('allows the most before anything is known', () => {
    expect(new Pace(500, 5000).records()).toBe(5000);
  });

  it('bounds a batch of slow records by time', () => {
    const pace = new Pace(500, 5000);
    for (let i = 0; i < 20; i++) pace.learn(10, 100);
    expect(pace.records()).toBe(50);
  });

  it('forgets a slow start after one large batch', () => {
    const pace = new Pace(500, 5000);
    pace.learn(2, 40);
    pace.learn(500, 50);
    expect(pace.records()).toBeGreaterThan(2500);
  });

  it('always allows one record', () => {
    const pace = new Pace(500, 5000);
    pace.learn(1, 60_000);
    expect(pace.records()).toBe(1);
  });
});
