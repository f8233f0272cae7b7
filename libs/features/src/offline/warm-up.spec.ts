import { describe, expect, it } from 'vitest';

import { WarmUp } from './warm-up.ts';

describe('the warm-up of a run that begins amid a file', () => {
  it('is over when no window reaches back to its first event', () => {
    const warmUp = new WarmUp(1000, 0);
    expect([50, 1049, 1050].map((at) => warmUp.isOver(at))).toEqual([false, false, true]);
  });

  it('counts on what stood before it having been later, and what follows being earlier, by the disorder', () => {
    const warmUp = new WarmUp(1000, 10);
    expect([50, 1069, 1070].map((at) => warmUp.isOver(at))).toEqual([false, false, true]);
  });

  it('is over at once without windows', () => {
    expect(new WarmUp(0, 0).isOver(50)).toBe(true);
  });
});
