import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PRIORITIES, type Priority } from './priority.ts';
import { RowQueue } from './row-queue.ts';
import { SOURCES, type Source } from './source.ts';
import type { Submission } from './submission.ts';
import { submissionOf } from './testing/submission-of.ts';

type Taken = Record<Source | Priority, number>;
const none = (): Taken => ({ topic: 0, rest: 0, grpc: 0, high: 0, normal: 0, low: 0 });

/** Takes so many rows and adds up whose they were. */
function take(queue: RowQueue<number, number>, most: number, taken: Taken): void {
  for (const { submission, rows } of queue.take(most)) {
    taken[submission.terms.source] += rows;
    taken[submission.terms.priority] += rows;
  }
}

const flood = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const batchSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60, size: 'max' });
const chunk = fc.constantFrom(1, 3, 16, 50, 3000);

/** Lets 3,000 rows wait, in submissions of so many. */
function fill(queue: RowQueue<number, number>, each: number, terms: { source?: Source; priority?: Priority }): void {
  for (let rows = 0; rows < 3000; rows += each) queue.add(submissionOf(flood(each), terms));
}

describe('RowQueue', () => {
  it('serves sources that all wait alike, but for one turn, however they come and however large batches are', () => {
    fc.assert(
      fc.property(fc.tuple(chunk, chunk, chunk), batchSizes, (chunks, sizes) => {
        const queue = new RowQueue<number, number>();
        SOURCES.forEach((source, i) => fill(queue, chunks[i] as number, { source }));
        const taken = none();
        for (const size of sizes) {
          take(queue, size, taken);
          const served = SOURCES.map((source) => taken[source]);
          expect(Math.max(...served) - Math.min(...served)).toBeLessThanOrEqual(16);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('serves seven eighths to higher priorities and never less than an eighth of the rest to lower ones', () => {
    fc.assert(
      fc.property(fc.tuple(chunk, chunk, chunk), batchSizes, (chunks, sizes) => {
        const queue = new RowQueue<number, number>();
        PRIORITIES.forEach((priority, i) => fill(queue, chunks[i] as number, { priority }));
        const taken = none();
        for (const size of sizes) {
          take(queue, size, taken);
          const lower = taken.normal + taken.low;
          expect(lower).toBeGreaterThanOrEqual((taken.high + lower) / 8 - 4);
          expect(lower).toBeLessThanOrEqual((taken.high + lower) / 8 + 4);
          expect(taken.low).toBeGreaterThanOrEqual(lower / 8 - 4);
          expect(taken.low).toBeLessThanOrEqual(lower / 8 + 4);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lets a row of high priority go first where lower ones have waited alone, whatever went before', () => {
    fc.assert(
      fc.property(batchSizes, fc.integer({ min: 1, max: 200 }), (sizes, high) => {
        const queue = new RowQueue<number, number>();
        const before = submissionOf(flood(high), { priority: 'high' });
        queue.add(before);
        for (const size of sizes) {
          fill(queue, 50, { priority: 'normal' });
          queue.take(size);
        }
        queue.take(before.waiting * 2 + 10);
        queue.add(submissionOf([1], { source: 'rest', priority: 'high' }));
        const [first] = queue.take(3);
        expect(first?.submission.terms.source).toBe('rest');
      }),
      { numRuns: 60 },
    );
  });

  it('lets high priority go first, and a door that comes late in the first turns', () => {
    const queue = new RowQueue<number, number>();
    fill(queue, 50, { source: 'topic' });
    queue.take(100);
    queue.add(submissionOf([1], { source: 'rest' }));
    queue.add(submissionOf([1], { source: 'grpc', priority: 'high' }));
    const segments = queue.take(40).map(({ submission: { terms }, rows }) => [terms.source, terms.priority, rows]);
    expect(segments[0]).toEqual(['grpc', 'high', 1]);
    expect(segments).toContainEqual(['rest', 'normal', 1]);
    expect(queue.of('rest').rows).toBe(0);
  });

  it('keeps count, order, deadlines and every row, whatever is added, taken, cancelled and expires', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60, size: 'max' }), (actions) => {
        const { added, taken, ended } = new Checked().run(actions);
        expect(taken + ended).toBe(added);
      }),
    );
  });
});

const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      size: fc.integer({ min: 1, max: 40 }),
      source: fc.constantFrom(...SOURCES),
      priority: fc.constantFrom(...PRIORITIES),
      age: fc.oneof(fc.constant(0), fc.nat(20)),
      expires: fc.option(fc.nat(50)),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const), most: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const), after: fc.nat(20) }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** A queue beside the plainest account of what should be in it. */
class Checked {
  readonly #queue = new RowQueue<number, number>();
  #waiting: Submission<number, number>[] = [];
  #nowMs = 100;
  #added = 0;
  #taken = 0;
  #ended = 0;

  /** Rows. */
  run(actions: readonly Action[]): { readonly added: number; readonly taken: number; readonly ended: number } {
    for (const next of actions) {
      if (next.do === 'add') this.#add(next);
      else if (next.do === 'take') this.#take(next.most);
      else if (next.do === 'cancel') this.#end(this.#waiting[next.which % Math.max(1, this.#waiting.length)]);
      else this.#expire(next.after);
      this.#check();
    }
    this.#take(Infinity);
    expect([this.#queue.rows, this.#waiting, this.#queue.dueMs]).toEqual([0, [], Infinity]);
    return { added: this.#added, taken: this.#taken, ended: this.#ended };
  }

  #add({ size, source, priority, age, expires }: Action & { do: 'add' }): void {
    const [rows, arrivedMs] = [flood(size).map(() => this.#added++), this.#nowMs - age];
    const expiresMs = expires === null ? Infinity : arrivedMs + expires;
    const dueMs = Math.min(arrivedMs + 20, expiresMs);
    const submission = submissionOf(rows, { source, priority, arrivedMs, dueMs, expiresMs });
    this.#queue.add(submission);
    this.#waiting.push(submission);
  }

  /** Of each line the oldest, whole but for the last. */
  #take(most: number): void {
    const before = this.#queue.rows;
    const segments = this.#queue.take(most);
    const taken = segments.reduce((sum, { rows }) => sum + rows, 0);
    this.#taken += taken;
    expect(taken).toBe(Math.min(most, before));
    for (const { submission } of segments) {
      const { priority, source, arrivedMs } = submission.terms;
      const sameLine = this.#waiting.filter(({ terms }) => terms.source === source && terms.priority === priority);
      const ahead = sameLine.filter((other) => other.terms.arrivedMs < arrivedMs);
      const sooner = sameLine.slice(0, sameLine.indexOf(submission)).filter((o) => o.terms.arrivedMs === arrivedMs);
      for (const other of [...ahead, ...sooner]) expect(other.waiting).toBe(0);
    }
    this.#waiting = this.#waiting.filter(({ waiting }) => waiting > 0);
  }

  #expire(after: number): void {
    this.#nowMs += after;
    for (let next = this.#queue.expired(this.#nowMs); next; next = this.#queue.expired(this.#nowMs)) {
      expect(next.terms.expiresMs).toBeLessThanOrEqual(this.#nowMs);
      this.#end(next);
    }
    expect(this.#waiting.filter(({ terms }) => terms.expiresMs <= this.#nowMs)).toEqual([]);
  }

  #end(submission: Submission<number, number> | undefined): void {
    if (!submission) return;
    this.#ended += submission.waiting;
    this.#queue.remove(submission);
    this.#waiting = this.#waiting.filter((other) => other !== submission);
  }

  #check(): void {
    const sum = (of: readonly Submission<number, number>[]): number => of.reduce((rows, s) => rows + s.waiting, 0);
    expect(this.#queue.rows).toBe(sum(this.#waiting));
    for (const source of SOURCES) {
      const rows = sum(this.#waiting.filter(({ terms }) => terms.source === source));
      expect(this.#queue.of(source)).toEqual({ rows, bytes: rows });
    }
    expect(this.#queue.dueMs).toBe(Math.min(...this.#waiting.map(({ terms }) => terms.dueMs)));
    expect(this.#queue.expiresMs).toBe(Math.min(...this.#waiting.map(({ terms }) => terms.expiresMs)));
  }
}
