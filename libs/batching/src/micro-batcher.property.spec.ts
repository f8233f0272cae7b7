import { AppError } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PRIORITIES } from './priority.ts';
import { SOURCES } from './source.ts';
import type { SubmitOptions } from './submit-options.ts';
import { ManualBatcher, settled, values } from './testing/manual-batcher.ts';

const MAX_QUEUED_ROWS = 20;
/** Rows that end in this digit are bad. */
const BAD = 7;

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      size: fc.integer({ min: 1, max: 25 }),
      source: fc.constantFrom(...SOURCES),
      priority: fc.constantFrom(...PRIORITIES),
      deadlineMs: fc.option(fc.integer({ min: 1, max: 60 })),
      cancelled: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('finish' as const), which: fc.nat(1) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('arrived' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Asked {
  readonly rows: readonly number[];
  readonly how: SubmitOptions;
  readonly answer: Promise<readonly unknown[]>;
}

/** A micro-batcher under everything that may happen to it, checked all along. */
class World {
  readonly #arrivals: (() => void)[] = [];
  readonly #rig = new ManualBatcher({
    executors: 2,
    maxRows: 8,
    maxQueuedRows: MAX_QUEUED_ROWS,
    afterArrivals: (then) => this.#arrivals.push(then),
  });
  readonly #asked: Asked[] = [];
  readonly #signals: AbortController[] = [];
  /** How often each row was in a batch that ended well or, alone, badly. */
  readonly #computed = new Map<number, number>();
  readonly #ends: Set<string>;
  #n = 0;

  /** Adds to `ends` how rows end. */
  constructor(ends: Set<string>) {
    this.#ends = ends;
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const next of steps) {
      this.#do(next);
      await settled();
      this.#checkBounds();
    }
    this.#arrived();
    while (this.#rig.held.some(({ held }) => held.length > 0)) {
      for (const which of [0, 1]) this.#finish(which);
      await settled();
    }
    for (const asked of this.#asked) await this.#checkAnswer(asked);
  }

  #do(next: Step): void {
    if (next.do === 'submit') this.#submit(next);
    else if (next.do === 'finish') this.#finish(next.which);
    else if (next.do === 'pass') this.#rig.clock.advance(next.ms);
    else if (next.do === 'arrived') this.#arrived();
    else this.#signals[next.which % Math.max(1, this.#signals.length)]?.abort();
  }

  #submit({ size, source, priority, deadlineMs, cancelled }: Step & { do: 'submit' }): void {
    const asked = new AbortController();
    if (cancelled) this.#signals.push(asked);
    const rows = Array.from({ length: size }, () => this.#n++);
    const how = { source, priority, ...(deadlineMs !== null && { deadlineMs }), signal: asked.signal };
    const answer = values(this.#rig.batcher.submit(rows, how)).catch((error: AppError) => [error.code]);
    this.#asked.push({ rows, how, answer });
  }

  #arrived(): void {
    for (const then of this.#arrivals.splice(0)) then();
  }

  #finish(which: number): void {
    const batch = this.#rig.held[which]?.held.shift();
    if (!batch) return;
    const bad = batch.rows.some((row) => row % 10 === BAD);
    if (!bad || batch.rows.length === 1)
      for (const row of batch.rows) this.#computed.set(row, (this.#computed.get(row) ?? 0) + 1);
    if (bad) batch.fail(new AppError('MODEL_FAILED', 'seven'));
    else batch.finish(batch.rows.map((row) => row * 2));
  }

  /** Nothing that has arrived waits for an idle executor, and no more waits than may. */
  #checkBounds(): void {
    const queued = SOURCES.map((source) => this.#rig.batcher.queuedRows(source));
    expect(Math.max(...queued)).toBeLessThanOrEqual(MAX_QUEUED_ROWS);
    const idle = this.#rig.held.some(({ held }) => held.length === 0);
    if (idle && this.#arrivals.length === 0) expect(queued).toEqual([0, 0, 0]);
  }

  async #checkAnswer({ rows, how, answer }: Asked): Promise<void> {
    const found = await answer;
    for (const end of found) this.#ends.add(typeof end === 'number' ? 'number' : String(end));
    if (found[0] === 'OVERLOADED' || found[0] === 'BODY_TOO_LARGE') {
      expect(how.source).not.toBe('topic');
      expect(rows.map((row) => this.#computed.has(row))).not.toContain(true);
      return;
    }
    expect(found).toHaveLength(rows.length);
    rows.forEach((row, i) => this.#checkRow(row, how, found[i]));
  }

  #checkRow(row: number, { source, deadlineMs, signal }: SubmitOptions, found: unknown): void {
    const times = this.#computed.get(row) ?? 0;
    if (found === 'DEADLINE_EXCEEDED') {
      expect([source === 'topic', deadlineMs === undefined, times]).toEqual([false, false, 0]);
    } else if (found === 'CANCELLED') expect([signal?.aborted, times]).toEqual([true, 0]);
    else expect([found, times]).toEqual([row % 10 === BAD ? 'MODEL_FAILED' : row * 2, 1]);
  }
}

describe('MicroBatcher', () => {
  it('answers every row once with its own result, or says why not; lets none wait for an idle executor', async () => {
    const ends = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 50, size: 'max' }), (steps) =>
        new World(ends).run(steps),
      ),
      { numRuns: 100 },
    );
    expect([...ends].toSorted()).toEqual([
      'BODY_TOO_LARGE',
      'CANCELLED',
      'DEADLINE_EXCEEDED',
      'MODEL_FAILED',
      'OVERLOADED',
      'number',
    ]);
  });
});
