import { SystemClock, type Clock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { topicSpecs } from '@millrace/pipeline';
import { describe, expect, it } from 'vitest';

import { letterPlan } from '../testing/letter-plan.ts';
import { checkTransactions } from './check-log.ts';

/** The system's clock, so far ahead. */
class ClockAhead extends SystemClock {
  readonly #ms: number;

  constructor(ms: number) {
    super();
    this.#ms = ms;
  }

  override now(): number {
    return super.now() + this.#ms;
  }
}

async function check(clock: Clock) {
  const plan = await letterPlan();
  const log = new MemoryLog({ clock: new SystemClock() });
  await log.admin().create(topicSpecs(plan));
  return checkTransactions(plan, log, clock);
}

describe('the clock here', () => {
  it('agrees with that of the broker within a second', async () => {
    expect(await check(new ClockAhead(500))).toMatchObject({ state: 'ok', text: expect.stringContaining('agree') });
  });

  it.each([
    [5000, 'ahead of'],
    [-5000, 'behind'],
  ])('is told of where it is %i ms away', async (ms, where) => {
    const { state, text } = await check(new ClockAhead(ms));
    expect(state).toBe('warning');
    expect(Math.abs(Number(/is (\d+) ms/.exec(text)?.[1]) - 5000)).toBeLessThan(200);
    expect(text).toContain(`${where} the broker's`);
  });
});
