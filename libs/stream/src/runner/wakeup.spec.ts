import { ManualClock } from '@millrace/core/testing';
import { describe, expect, it } from 'vitest';

import { Wakeup } from './wakeup.ts';

describe('a wakeup', () => {
  const clock = new ManualClock();
  const wakeup = (): Wakeup => new Wakeup(clock);

  it('ends a wait at once', async () => {
    const one = wakeup();
    const waiting = one.wait(1000);
    one.wake();
    await waiting;
    expect(clock.elapsed()).toBe(0);
  });

  it('without anybody waiting ends the next wait, and no other', async () => {
    const one = wakeup();
    one.wake();
    one.wake();
    await one.wait(1000);
    let over = false;
    const waiting = one.wait(1000).then(() => (over = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(over).toBe(false);
    clock.advance(1000);
    await waiting;
  });
});
