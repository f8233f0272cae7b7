import type { Value } from '@millrace/core';
import type { Take } from '@millrace/pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Aggregator } from '../aggregators/aggregator.ts';
import { AGGREGATORS } from '../aggregators/aggregators.ts';
import { EntryTree } from './entry-tree.ts';
import { isBefore, type Entry } from './entry.ts';

const TAKES = Object.keys(AGGREGATORS) as Take[];

let offset = 0;
const entry = (at: number, id: string, value: Value): Entry => ({
  at,
  id,
  offset: offset++,
  values: TAKES.map(() => value),
});

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The same set, kept in the plainest way. */
class PlainSet {
  readonly #byName = new Map<string, Entry>();

  /** In order. */
  get entries(): readonly Entry[] {
    return [...this.#byName.values()].toSorted((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  insert(added: Entry): boolean {
    const name = nameOf(added);
    if (this.#byName.has(name)) return false;
    this.#byName.set(name, added);
    return true;
  }

  remove(removed: Entry): void {
    if (this.#byName.get(nameOf(removed)) === removed) this.#byName.delete(nameOf(removed));
  }

  dropThrough(time: number): readonly Entry[] {
    const dropped = this.entries.filter(({ at }) => at <= time);
    for (const entry of dropped) this.#byName.delete(nameOf(entry));
    return dropped;
  }
}

function plainValue(entries: readonly Entry[], take: Take, { from, to }: Stretch): number | null {
  const aggregator = AGGREGATORS[take];
  const state = aggregator.open();
  const asked = entries.filter(({ at }) => from <= at && at < to);
  aggregator.take(state, { entries: asked, from: 0, to: asked.length, slot: TAKES.indexOf(take) });
  return aggregator.value(state, to);
}

function nameOf({ at, id }: Entry): string {
  return `${at} ${id}`;
}

function valueOf(tree: EntryTree, take: Take, { from, to }: Stretch): number | null {
  if (take === 'distinct') return tree.distinct(AGGREGATORS.distinct, TAKES.indexOf(take), from, to);
  return AGGREGATORS[take].value(tree.fold(AGGREGATORS[take], TAKES.indexOf(take), from, to), to);
}

/** Three levels. */
const SPAN = 3000;
const time = fc.integer({ min: 0, max: SPAN });
const operation = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 200 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('scatter' as const), times: fc.array(time, { maxLength: 120 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('takeBack' as const), count: fc.integer({ min: 0, max: 150 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('drop' as const), through: fc.integer({ min: 0, max: SPAN }) }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('ask' as const), from: time, to: time }) },
);

const ALL: Stretch = { from: -1, to: 1e9 };

describe('the contents of a window', () => {
  it('give the value of the plain set for every take, whatever enters, leaves and is asked in which order', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 12 }), (operations) => {
        const [tree, plain] = [new EntryTree(), new PlainSet()];
        const inserted: Entry[] = [];
        const insert = (at: number, n: number): void => {
          const added = entry(at, `${n % 3}`, n % 7 === 0 ? null : (n % 11) / 8);
          expect(tree.insert(added)).toBe(plain.insert(added));
          inserted.push(added);
        };
        for (let at = 0; at < SPAN; at++) insert(at, at);
        let asked: Stretch = { from: 0, to: SPAN / 2 };
        for (const op of operations) {
          if (op.kind === 'append') for (let n = 0; n < op.count; n++) insert(SPAN + (n >> 1), n);
          else if (op.kind === 'scatter') op.times.forEach(insert);
          else if (op.kind === 'drop') expect(tree.dropThrough(op.through)).toEqual(plain.dropThrough(op.through));
          else if (op.kind === 'ask') asked = op;
          else
            for (const removed of inserted.splice(-op.count, op.count)) {
              tree.remove(removed);
              plain.remove(removed);
            }
          const { entries } = plain;
          for (const stretch of [asked, ALL])
            for (const take of TAKES)
              expect(valueOf(tree, take, stretch), take).toBe(plainValue(entries, take, stretch));
          expect(tree.isEmpty).toBe(entries.length === 0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    [1_000_000, 'in order', (n: number) => n],
    [100_000, 'backwards', (n: number) => -n],
    [100_000, 'shuffled', (n: number) => (n * 7919) % 100_003],
    [100_000, 'all at once', () => 5],
  ])('of %i events that came %s are asked over a few hundred of them', (many, _, timeOf) => {
    const tree = new EntryTree();
    for (let n = 0; n < many; n++) tree.insert(entry(timeOf(n), `${n}`, n));
    let looks = 0;
    const counting: Aggregator<{ n: number }> = {
      open: () => ({ n: 0 }),
      take(state, { from, to }) {
        state.n += to - from;
        looks += to - from;
      },
      merge(state, { n }) {
        state.n += n;
        looks++;
      },
      value: ({ n }) => n,
    };
    tree.fold(counting, 0, -1e9, 1e9); // makes the summaries
    looks = 0;
    expect(tree.fold(counting, 0, -1e9, 1e9)).toEqual({ n: many });
    tree.fold(counting, 0, 1000, 90_000);
    tree.insert(entry(50_000, 'late', 1));
    tree.fold(counting, 0, 1001, 90_001);
    expect(looks).toBeLessThan(1200);
  });
});
