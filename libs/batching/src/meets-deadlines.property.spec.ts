import { ManualClock } from '@millrace/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { BatchExecutor } from './batch-executor.ts';
import { MicroBatcher } from './micro-batcher.ts';
import { settled, values } from './testing/manual-batcher.ts';

const MAX_ROWS = 8;
const predictMs = (rows: number): number => 3 + 2 * rows;

/** Takes 2·n + 3 ms for a batch, one after the other. */
class SteadyExecutor implements BatchExecutor<number, number> {
  readonly #clock: ManualClock;
  freeAtMs = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  async run(rows: readonly number[]): Promise<readonly number[]> {
    this.freeAtMs = Math.max(this.freeAtMs, this.#clock.elapsed()) + predictMs(rows.length);
    await this.#clock.sleep(this.freeAtMs - this.#clock.elapsed());
    return rows;
  }
}

interface Answer {
  readonly byMs: number;
  readonly canBeMet: boolean;
  found: readonly unknown[];
  atMs: number;
}

/** One door, whose requests all have deadlines. */
class Door {
  readonly answers: Answer[] = [];
  readonly #clock = new ManualClock();
  readonly #executor = new SteadyExecutor(this.#clock);
  readonly #batcher = new MicroBatcher<number, number>({
    executors: [this.#executor],
    clock: this.#clock,
    maxRows: MAX_ROWS,
    deadlineMs: 10,
    bounds: { rows: 1000, bytes: Infinity },
  });

  /** Lets it learn what batches take. */
  async learn(): Promise<void> {
    for (const rows of [1, MAX_ROWS]) {
      void this.#batcher.submit(Array(rows).fill(0));
      await this.pass(predictMs(rows));
    }
  }

  /** The deadline can be met if all that is there before, in full batches, leaves time enough. */
  ask(rows: number, deadlineMs: number): void {
    const nowMs = this.#clock.elapsed();
    const batches = Math.ceil((this.#batcher.queuedRows('rest') + rows) / MAX_ROWS);
    const freeAtMs = Math.max(nowMs, this.#executor.freeAtMs);
    const byMs = nowMs + deadlineMs;
    const answer: Answer = { byMs, canBeMet: freeAtMs + batches * predictMs(MAX_ROWS) <= byMs, found: [], atMs: NaN };
    this.answers.push(answer);
    void values(this.#batcher.submit(Array(rows).fill(1), { source: 'rest', deadlineMs })).then((found) => {
      answer.found = found;
      answer.atMs = this.#clock.elapsed();
    });
  }

  async pass(ms: number): Promise<void> {
    await settled();
    for (let i = 0; i < ms; i++) {
      this.#clock.advance(1);
      await settled();
    }
  }
}

const request = fc.record({
  afterMs: fc.nat(25),
  rows: fc.integer({ min: 1, max: 12 }),
  deadlineMs: fc.integer({ min: 1, max: 150 }),
});

describe('MicroBatcher with a truthful estimate', () => {
  it('meets every deadline that can be met, and lets none expire that could', async () => {
    let met = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 25, size: 'max' }), async (requests) => {
        const door = new Door();
        await door.learn();
        for (const { afterMs, rows, deadlineMs } of requests) {
          await door.pass(afterMs);
          door.ask(rows, deadlineMs);
        }
        await door.pass(500);
        for (const { canBeMet, byMs, found, atMs } of door.answers.filter((answer) => answer.canBeMet)) {
          met++;
          expect([canBeMet, found.includes('DEADLINE_EXCEEDED')]).toEqual([true, false]);
          expect(atMs).toBeLessThanOrEqual(byMs);
        }
      }),
      { numRuns: 40 },
    );
    expect(met).toBeGreaterThan(50);
  });
});
