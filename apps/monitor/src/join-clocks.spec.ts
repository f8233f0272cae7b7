import { describe, expect, it } from 'vitest';

import { TopicClock } from './join-clocks.ts';

const tidings = (at: number, promised: readonly number[] | null = null) => ({ at, first: 0, promised });

describe('TopicClock', () => {
  it('is the least of the speakers, and never goes back', () => {
    const clock = new TopicClock();
    clock.advance(0, tidings(100));
    expect(clock.at).toBe(100);
    clock.advance(1, tidings(40));
    expect(clock.at).toBe(100);
    clock.advance(0, tidings(300));
    clock.advance(1, tidings(200));
    expect(clock.at).toBe(200);
  });

  it('stands while a promise names a partition that has not spoken', () => {
    const clock = new TopicClock();
    clock.advance(0, tidings(900, [0, 1]));
    expect(clock.at).toBeNull();
    clock.advance(1, tidings(500, [0, 1]));
    expect(clock.at).toBe(500);
  });

  it('goes on where the promise ends without that partition', () => {
    const clock = new TopicClock();
    clock.advance(0, tidings(900, [0, 1]));
    clock.advance(0, tidings(950));
    expect(clock.at).toBe(950);
  });

  it('takes a step back as if it had not been taken', () => {
    const clock = new TopicClock();
    clock.advance(0, tidings(100, [0, 1]));
    const undo = clock.advance(1, tidings(50, [0, 1]));
    undo();
    expect(clock.at).toBeNull();
    clock.advance(0, tidings(120, [0, 1]));
    expect(clock.at).toBeNull();
  });
});
