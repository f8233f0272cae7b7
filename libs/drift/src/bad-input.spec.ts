import { isAppError, seededRandom } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { buildProfile, type SampleRow } from './profile/build-profile.ts';
import { formatProfile } from './profile/format-profile.ts';
import { parseProfile } from './profile/parse-profile.ts';
import type { ReferenceProfile } from './profile/reference-profile.ts';
import { signalTable } from './profile/watched-signals.ts';
import { WindowCounts } from './profile/window-counts.ts';
import { selfTest } from './self-test/self-test.ts';
import { weigh } from './watch/evidence.ts';
import { ruledSignals, type WatchSettings } from './watch/ruled-signals.ts';
import { closeWindow, UNWATCHED, type IncidentEvent, type SignalWatch } from './watch/signal-watch.ts';
import { windowGrid } from './window/window-grid.ts';

const HOUR = 3_600_000;
const WINDOW = { everyMs: HOUR, rows: null, starts: null, zone: 'UTC', minRows: 1, atMostMs: 24 * HOUR };
const SETTINGS: WatchSettings = {
  window: WINDOW,
  floor: 0.1,
  floors: new Map(),
  runLength: 1000,
  persistence: 2,
  remindMs: 24 * HOUR,
};
const SUBJECT = {
  model: 'm',
  version: '1',
  features: [
    { name: 'x', categories: null },
    { name: 'c', categories: ['a', 'b'] },
  ],
  outputs: ['p'],
  window: WINDOW,
};

/** What a vector or an output may hold: any float32. */
const anything = fc.oneof(
  fc.float(),
  fc.constantFrom(0, 1, 2, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const anyRow = fc.record({
  at: fc.option(fc.integer({ min: -1e13, max: 1e13 })),
  label: fc.option(anything),
  vector: fc.tuple(anything, anything),
  outputs: fc.tuple(anything),
});
const anyRows = (minLength: number) => fc.array(anyRow, { minLength, maxLength: 40 });

type Rows = readonly SampleRow[];

function expectNumbers(value: unknown): void {
  if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(expectNumbers);
}

/** Counts windows of rows by a profile and closes them at these times; what each signal is told. */
function watchAll(profile: ReferenceProfile, windows: readonly Rows[], starts: readonly number[] = []) {
  const table = signalTable(profile);
  const signals = ruledSignals(table, profile, SETTINGS);
  const watches = new Map<string, SignalWatch>();
  const told: (readonly [signal: string, event: IncidentEvent])[] = [];
  windows.forEach((rows, i) => {
    const counts = new WindowCounts(table);
    for (const { vector, outputs } of rows) counts.add(vector, outputs);
    const start = starts[i] ?? i * HOUR;
    for (const { signal, rule } of signals) {
      const evidence = weigh(signal, counts.counts[signal.slot] as Uint32Array);
      expectNumbers(evidence);
      const before = watches.get(signal.name) ?? UNWATCHED;
      const { watch, event } = closeWindow(before, evidence, { start, end: start + HOUR }, rule);
      expectNumbers(watch);
      expect(JSON.parse(JSON.stringify(watch))).toEqual(watch);
      watches.set(signal.name, watch);
      if (event) told.push([signal.name, event]);
    }
  });
  return { watches, told };
}

const many = (row: Omit<SampleRow, 'at' | 'label'>, count = 500): Rows =>
  Array.from({ length: count }, () => ({ at: null, label: null, ...row }));
const usual = (seed: number, count: number): Rows => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const vector = [random(), Math.floor(random() * 2)];
    return { at: null, label: null, vector, outputs: [random()] };
  });
};
const profile = buildProfile(SUBJECT, usual(1, 5000));
const changed = (change: (row: SampleRow) => SampleRow) => [2, 3, 4].map((seed) => usual(seed, 500).map(change));

describe('bad input', () => {
  it('leads to numbers and a state, whatever sample and rows hold', () => {
    fc.assert(
      fc.property(anyRows(1), fc.array(anyRows(0), { maxLength: 6 }), (sample, windows) => {
        const made = buildProfile(SUBJECT, sample);
        expect(parseProfile(formatProfile(made), 'profile.json')).toEqual(JSON.parse(JSON.stringify(made)));
        watchAll(made, windows);
      }),
    );
  });

  it('of no row in a window is insufficient_data', () => {
    const { watches, told } = watchAll(profile, [[], []]);
    expect(new Set([...watches.values()].map(({ state }) => state))).toEqual(new Set(['insufficient_data']));
    expect(told).toEqual([]);
  });

  it('of a constant feature is quiet while it stays so, and an incident when it moves', () => {
    const constant = buildProfile(SUBJECT, many({ vector: [3, 0], outputs: [0.5] }));
    expect(watchAll(constant, [many({ vector: [3, 0], outputs: [0.5] })]).watches.get('x')?.state).toBe('ok');
    const moved = many({ vector: [4, 0], outputs: [0.5] });
    expect(watchAll(constant, [moved, moved]).told).toContainEqual(['x', 'opened']);
  });

  it.each([
    ['all missing', 'x.missing', (row: SampleRow) => ({ ...row, vector: [Number.NaN, row.vector[1] as number] })],
    ['infinite', 'x.non_finite', (row: SampleRow) => ({ ...row, vector: [1 / 0, row.vector[1] as number] })],
    [
      'a category that was never seen',
      'c.unseen',
      (row: SampleRow) => ({ ...row, vector: [row.vector[0] as number, 7] }),
    ],
    ['an output without a value', 'outputs.p.missing', (row: SampleRow) => ({ ...row, outputs: [Number.NaN] })],
  ])('of values that are %s is an incident that says so', (_, signal, change) => {
    const { told } = watchAll(profile, changed(change));
    expect(told).toContainEqual([signal, 'opened']);
  });

  it('of a time that jumps back leaves every onset before its incident', () => {
    const gone = changed((row) => ({ ...row, vector: [Number.NaN, 0] }));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e12, max: 1e12 }), { minLength: 3, maxLength: 3 }), (starts) => {
        const { watches } = watchAll(profile, gone, starts);
        const incident = watches.get('x.missing')?.incident;
        expect(incident?.onset).toBeLessThan(incident?.openedAt as number);
      }),
      { numRuns: 30 },
    );
  });

  it('of a time far off is in the window that holds it', () => {
    const grids = [
      windowGrid({ everyMs: HOUR, starts: null, zone: 'UTC' }),
      windowGrid({ everyMs: 7 * 24 * HOUR, starts: 'monday', zone: 'Europe/Berlin' }),
    ];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -8e12, max: 8e12 }), { maxLength: 5 }), (times) => {
        for (const grid of grids) {
          for (const at of times) {
            const { start, end } = grid.spanOf(at);
            expect(start).toBeLessThanOrEqual(at);
            expect(end).toBeGreaterThan(at);
          }
        }
      }),
    );
  });

  it('of a profile that was changed by hand is refused with its reason, or can be used', () => {
    const text = formatProfile(profile);
    const places = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(places, fc.jsonValue(), (path, value) => {
        const changed = withChange(JSON.parse(text), path, value);
        try {
          watchAll(parseProfile(JSON.stringify(changed), 'profile.json'), [usual(5, 20), []]);
        } catch (error) {
          expect(isAppError(error) && error.code).toBe('PROFILE_INVALID');
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('of a sample does not stop the self-test', () => {
    fc.assert(
      fc.property(anyRows(1), (sample) => {
        const settings = { ...SETTINGS, rows: 20, windows: 2, trials: 1 };
        const report = selfTest(buildProfile(SUBJECT, sample), settings, seededRandom(1));
        expectNumbers(report);
        expect(report.windows).toBe(2);
      }),
      { numRuns: 30 },
    );
  });

  it('of rows that depend on one another weighs as many rows as there are blocks', () => {
    const [signal] = signalTable(profile).watched;
    const counts = new WindowCounts(signalTable(profile));
    for (const { vector, outputs } of usual(9, 400).map((row) => ({
      ...row,
      vector: [(row.vector[0] as number) * 0.7, 0],
    })))
      counts.add(vector, outputs);
    if (!signal) throw new Error('a profile watches something');
    const slot = counts.counts[0] as Uint32Array;
    const [all, few] = [weigh(signal, slot), weigh(signal, slot, 40)];
    expect(few.rows).toBe(400);
    expect(few.logE).toBeLessThan(all.logE / 4);
    expect(few.nullQuantile).toBeGreaterThan(all.nullQuantile);
    expect(weigh(signal, slot, 1000)).toEqual(all);
  });
});

/** Puts a value where a path of places leads, in objects and lists alike. */
function withChange(target: unknown, [place = 0, ...rest]: readonly number[], value: unknown): unknown {
  if (typeof target !== 'object' || target === null) return value;
  const keys = Object.keys(target);
  const key = keys[place % Math.max(1, keys.length)];
  if (key === undefined) return value;
  const inside = (target as Record<string, unknown>)[key];
  (target as Record<string, unknown>)[key] = rest.length === 0 ? value : withChange(inside, rest, value);
  return target;
}
