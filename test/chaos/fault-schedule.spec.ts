import { describe, expect, it } from 'vitest';

import { scheduleFaults } from './fault-schedule.ts';

describe('a schedule of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(scheduleFaults(7, 5, 3)).toEqual(scheduleFaults(7, 5, 3));
    expect(scheduleFaults(8, 5, 3)).not.toEqual(scheduleFaults(7, 5, 3));
  });

  it('goes on in the same way when it lasts longer', () => {
    const short = scheduleFaults(7, 3, 3);
    expect(scheduleFaults(7, 10, 3).slice(0, short.length)).toEqual(short);
  });

  it('has every kind of fault within five minutes, whatever the seed, one after the other', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const faults = scheduleFaults(seed, 5, 3);
      expect(new Set(faults.map(({ kind }) => kind)).size).toBe(5);
      for (const [i, fault] of faults.slice(1).entries()) {
        const before = faults[i];
        expect(fault.atMs).toBeGreaterThan((before?.atMs ?? 0) + (before?.forMs ?? 0));
      }
    }
  });
});
