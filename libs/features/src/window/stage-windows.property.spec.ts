import { Journal, type Value } from '@millrace/core';
import type { Take, WindowFeature } from '@millrace/pipeline';
import type { StageEvent } from '@millrace/records';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { AGGREGATORS, emptyValue } from '../aggregators/aggregators.ts';
import { smallPlan, type SmallFeature } from '../testing/small-plan.ts';
import { isBefore, type Entry } from './entry.ts';
import { StageWindows } from './stage-windows.ts';

const TAKES = Object.keys(AGGREGATORS) as Take[];
const WIDTHS = [
  { over: 90, resolution: 20 },
  { over: 40, resolution: 20 },
  { over: 70, resolution: 1 },
  { over: 100, resolution: 33 },
  { over: 50 },
];
const PLAN = smallPlan({
  features: TAKES.flatMap((take) =>
    WIDTHS.map((width): SmallFeature => ({ from: 'sale', by: ['user'], take, of: 'of', ...width })),
  ),
});
const STAGE = PLAN.stages[0]!;

const some = fc.integer({ min: 1, max: 40 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('enter' as const), after: fc.nat({ max: 40 }), count: some }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('enter, undone' as const), after: fc.nat({ max: 40 }), count: some }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('horizon' as const), by: fc.nat({ max: 50 }), folds: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ask' as const), after: fc.integer({ min: -60, max: 90 }) }) },
);

/** Of a set, by its definition: no trees, nothing folded. */
function literal(
  { overMs, resolutionMs, take, slot }: WindowFeature,
  set: readonly Entry[],
  at: number,
  horizon: number,
) {
  const width = resolutionMs ?? 1;
  const seen = set.filter((entry) => {
    const end = (Math.floor(entry.at / width) + 1) * width;
    const isWhole = end <= at || end > horizon;
    return end - 1 > Math.max(at, horizon) - overMs && entry.at < at && isWhole;
  });
  if (seen.length === 0) return emptyValue(take) ?? Number.NaN;
  const aggregator = AGGREGATORS[take];
  const state = aggregator.open();
  aggregator.take(state, {
    entries: seen.toSorted((a, b) => (isBefore(a, b) ? -1 : 1)),
    from: 0,
    to: seen.length,
    slot,
  });
  return aggregator.value(state, at) ?? Number.NaN;
}

class Windows {
  readonly set = new Map<string, Entry>();
  readonly #journal = new Journal();
  readonly #windows = new StageWindows(STAGE, PLAN.events, this.#journal);
  horizon = 0;
  #n = 0;

  /** Events a millisecond apart, at the horizon or later, some of them resent. */
  enter(after: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const [at, n] = [this.horizon + after + (i >> 1), this.#n++];
      const of: Value = n % 9 === 0 ? null : (n % 5) / 8;
      const id = `${n % 3}`;
      const event: StageEvent = {
        kind: 'event',
        type: 1,
        id,
        at,
        values: STAGE.features.map(({ resolutionMs }) => (resolutionMs === 33 && n % 4 === 0 ? null : of)),
        origin: { partition: 0, offset: n },
        attempts: 0,
      };
      this.#windows.apply('k', event, n, this.horizon, false);
      for (const [store, values] of storesOf(event))
        if (!this.set.has(`${store} ${at} ${id}`)) this.set.set(`${store} ${at} ${id}`, { at, id, offset: n, values });
    }
  }

  undone(change: () => void): void {
    const [before, savepoint] = [new Map(this.set), this.#journal.savepoint()];
    change();
    this.#journal.rollback(savepoint);
    this.set.clear();
    for (const [name, entry] of before) this.set.set(name, entry);
  }

  fold(): void {
    this.#journal.forget();
    this.#windows.compact(this.horizon);
  }

  ask(at: number): void {
    const part = this.#windows.part('k', at, this.horizon);
    for (const feature of STAGE.features) {
      const set = [...this.set]
        .filter(([name]) => name.startsWith(`${feature.resolutionMs} `))
        .map(([, entry]) => entry);
      expect(part[feature.slot], `${feature.take} ${feature.resolutionMs}`).toBe(
        literal(feature, set, at, this.horizon),
      );
    }
  }

  get size(): number {
    return this.#windows.size;
  }
}

/** An event is in the set of those features for which it exists. */
function storesOf({ values }: StageEvent): readonly (readonly [string, readonly Value[]])[] {
  const resolutions = new Set(STAGE.features.map(({ resolutionMs }) => resolutionMs));
  return [...resolutions]
    .filter((resolution) =>
      STAGE.features.some((feature) => feature.resolutionMs === resolution && values[feature.slot] !== null),
    )
    .map((resolution) => [`${resolution}`, values]);
}

describe('windows in panes', () => {
  it('are what the definition says, whenever panes are folded, for late requests, too', () => {
    let folded = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 50 }), (steps) => {
        const windows = new Windows();
        for (const step of steps) {
          if (step.do === 'enter') windows.enter(step.after, step.count);
          else if (step.do === 'enter, undone') windows.undone(() => windows.enter(step.after, step.count));
          else if (step.do === 'ask') windows.ask(windows.horizon + step.after);
          else {
            windows.horizon += step.by;
            const before = windows.size;
            if (step.folds) windows.fold();
            folded += windows.size < before ? 1 : 0;
          }
        }
        for (let after = -70; after < 120; after += 19) windows.ask(windows.horizon + after);
      }),
      { numRuns: 50 },
    );
    expect(folded).toBeGreaterThan(70);
  }, 60_000);

  it('keep as many panes of a key as the window has, and no events behind the horizon, however many there were', () => {
    const plan = smallPlan({
      features: TAKES.map((take): SmallFeature => ({
        from: 'sale',
        by: ['user'],
        take,
        of: 'of',
        over: 10_000,
        resolution: 100,
      })),
    });
    const windows = new StageWindows(plan.stages[0]!, plan.events, new Journal());
    const values = TAKES.map(() => 1);
    for (let n = 0; n < 200_000; n++) {
      const event: StageEvent = {
        kind: 'event',
        type: 1,
        id: `${n}`,
        at: n >> 2,
        values,
        origin: { partition: 0, offset: n },
        attempts: 0,
      };
      windows.apply('k', event, n, (n >> 2) - 50, false);
      if (n % 1000 !== 999) continue;
      windows.compact((n >> 2) - 50);
      // a hundred panes, what is dropped a 32nd of the window later, one that is not over, and what came since the horizon
      expect(windows.size).toBeLessThan(100 + 5 + 4 * (100 + 50));
    }
    expect(windows.keepFrom).toBeGreaterThan(200_000 - 4 * (10_000 + 100 + 50 + 10_000 / 32));
    expect(windows.part('k', 50_000, 49_950)[TAKES.indexOf('count')]).toBe(4 * 10_000);
  });

  it('keep a pane of a few events as it came, which takes less memory', () => {
    const plan = smallPlan({
      features: [{ from: 'sale', by: ['user'], take: 'sum', of: 'of', over: 100, resolution: 10 }],
    });
    const windows = new StageWindows(plan.stages[0]!, plan.events, new Journal());
    for (let n = 0; n < 4; n++)
      windows.apply(
        'k',
        { kind: 'event', type: 1, id: `${n}`, at: n, values: [n], origin: { partition: 0, offset: n }, attempts: 0 },
        n,
        0,
        false,
      );
    windows.compact(20);
    expect(windows.size).toBe(4);
  });
});
