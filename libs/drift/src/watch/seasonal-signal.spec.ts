import { seededRandom } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { total } from '../distance/used-bins.ts';
import type { WatchedSignal } from '../profile/watched-signals.ts';
import { HOURS_OF_WEEK } from '../window/hour-of-week.ts';
import { weigh } from './evidence.ts';
import { incidentRule } from './incident-rule.ts';
import { seasonalShare, seasonalSignal } from './seasonal-signal.ts';
import { closeWindow, UNWATCHED } from './signal-watch.ts';

const BINS = 10;

function signalOf(hours: readonly (readonly number[] | null)[], outside: readonly number[] = []): WatchedSignal {
  const reference = Array.from({ length: BINS }, (_, bin) =>
    hours.reduce((sum, counts) => sum + (counts?.[bin] ?? 0), outside[bin] ?? 0),
  );
  return {
    name: 'x',
    output: false,
    slot: 0,
    reference,
    hours: Array.from({ length: HOURS_OF_WEEK }, (_, hour) => hours[hour] ?? null),
    scale: null,
    labels: reference.map((_, bin) => `bin ${bin}`),
    project: (counts) => Array.from(counts),
  };
}

const spread = (low: number, high: number): number[] =>
  Array.from({ length: BINS }, (_, bin) => (bin < 5 ? low : high));

const rounded = (counts: readonly number[]): readonly number[] => counts.map((count) => Number(count.toPrecision(9)));

describe('the reference of the hours of a window', () => {
  const signal = signalOf([spread(10, 30), spread(60, 20)]);

  it('is that of the hour alone where it holds one', () => {
    expect(rounded(seasonalSignal(signal, { rows: 7, hours: [0, 7] }).reference)).toEqual(rounded(spread(60, 20)));
  });

  it('is the whole reference where the window holds the hours as the reference does', () => {
    expect(rounded(seasonalSignal(signal, { rows: 6, hours: [2, 4] }).reference)).toEqual(rounded(signal.reference));
  });

  it('weighs hours by the rows that the window has in them, and knows less the more one row stands for', () => {
    const { reference } = seasonalSignal(signal, { rows: 100, hours: [90, 10] });
    // shares: 0.9 of 10 or 30 in 200, and 0.1 of 60 or 20 in 400
    const [low, high] = [0.9 * (10 / 200) + 0.1 * (60 / 400), 0.9 * (30 / 200) + 0.1 * (20 / 400)];
    const squares = [
      (0.9 / 200) ** 2 * 10 + (0.1 / 400) ** 2 * 60,
      (0.9 / 200) ** 2 * 30 + (0.1 / 400) ** 2 * 20,
    ] as const;
    const rows = 9 / (5 * (((1 - low) * squares[0]) / low + ((1 - high) * squares[1]) / high));
    expect(rounded(reference)).toEqual(rounded(spread(rows * low, rows * high)));
    expect(total(reference)).toBeGreaterThan(200);
    expect(total(reference)).toBeLessThan(260);
  });

  it('is the whole reference for rows of an hour that it lacks, and for rows that were not counted by hour', () => {
    expect(rounded(seasonalSignal(signal, { rows: 9, hours: [0, 0, 9] }).reference)).toEqual(rounded(signal.reference));
    expect(rounded(seasonalSignal(signal, { rows: 9 }).reference)).toEqual(rounded(signal.reference));
    const { reference } = seasonalSignal(signal, { rows: 10, hours: [5, 0, 5] });
    expect((reference[0] as number) / total(reference)).toBeCloseTo(0.5 * (10 / 200) + 0.5 * (70 / 600), 12);
    expect([
      seasonalShare(signal, { rows: 10, hours: [5, 0, 5] }),
      seasonalShare(signal, { rows: 10, hours: [10] }),
      seasonalShare(signal, { rows: 10 }),
      seasonalShare(signal, { rows: 0, hours: [] }),
    ]).toEqual([0.5, 1, 0, 0]);
  });

  it('is the reference where that knows no hours, and is a count of rows where all lie in one bin', () => {
    const { hours: _, ...plain } = signal;
    expect(seasonalSignal(plain, { rows: 5, hours: [5] })).toBe(plain);
    const constant = signalOf([
      [20, ...spread(0, 0).slice(1)],
      [40, ...spread(0, 0).slice(1)],
    ]);
    expect(seasonalSignal(constant, { rows: 4, hours: [4] }).reference[0]).toBeCloseTo(20, 9);
    expect(seasonalSignal(signal, { rows: 0 })).toBe(signal);
  });
});

/** A number whose mean goes with the hour and the weekend, at a rate that does, too; of a reference drawn anew. */
class SeasonalData {
  readonly #random: () => number;
  readonly #rates = Array.from({ length: HOURS_OF_WEEK }, (_, hour) => 1 + 0.8 * Math.sin(1 + (Math.PI * hour) / 12));
  readonly #edges: readonly number[];
  readonly signal: WatchedSignal;
  readonly plain: WatchedSignal;

  constructor(rows: number, random: () => number) {
    this.#random = random;
    const sample = Array.from({ length: rows }, (_, row) => {
      const hour = row < HOURS_OF_WEEK ? row : this.#hour(0, HOURS_OF_WEEK); // a row in each at least
      return { hour, value: this.#value(hour) };
    });
    const ascending = sample.map(({ value }) => value).toSorted((a, b) => a - b);
    this.#edges = Array.from({ length: BINS - 1 }, (_, i) => ascending[Math.floor(((i + 1) * rows) / BINS)] as number);
    const hours = Array.from({ length: HOURS_OF_WEEK }, (): number[] | null => null);
    for (const { hour, value } of sample) add((hours[hour] ??= spread(0, 0)), this.#bin(value));
    this.signal = signalOf(hours);
    const { hours: _, ...plain } = this.signal;
    this.plain = plain;
  }

  window(rows: number, from: number, length: number, shift = 0) {
    const [counts, hours] = [spread(0, 0), Array.from({ length: HOURS_OF_WEEK }, () => 0)];
    for (let row = 0; row < rows; row++) {
      const hour = this.#hour(from, length);
      add(hours, hour);
      add(counts, this.#bin(this.#value(hour) + shift));
    }
    return { rows, counts, hours };
  }

  #hour(from: number, length: number): number {
    const rates = this.#rates.slice(from, from + length);
    let left = this.#random() * total(rates);
    const hour = rates.findIndex((rate) => (left -= rate) <= 0);
    return from + (hour < 0 ? length - 1 : hour);
  }

  #value(hour: number): number {
    const mean = 1.5 * Math.sin((Math.PI * hour) / 12) + (hour >= 120 ? 0.75 : 0);
    return mean + Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
  }

  #bin(value: number): number {
    const bin = this.#edges.findIndex((edge) => value <= edge);
    return bin < 0 ? BINS - 1 : bin;
  }
}

function add(counts: number[], place: number): void {
  counts[place] = (counts[place] as number) + 1;
}

interface Run {
  /** Rows of the reference. */
  readonly reference: number;
  /** Hours of a window. */
  readonly length: number;
  readonly rows: number;
  readonly windows: number;
  /** Seen by hour of the week, or with the whole. */
  readonly seasonal: boolean;
  readonly shift?: number;
}

/** What windows of several references in turn say: the share beyond the null quantile, incidents, windows until the first. */
function watch({ reference, length, rows, windows, seasonal, shift = 0 }: Run) {
  const random = seededRandom(11);
  const rule = incidentRule({ runLength: 1000, persistence: 2, remindMs: Number.POSITIVE_INFINITY }, 60, 0.1);
  const found = { beyond: 0, incidents: 0, first: [] as number[] };
  const REFERENCES = 6;
  for (let drawn = 0; drawn < REFERENCES; drawn++) {
    const data = new SeasonalData(reference, random);
    let [state, first] = [UNWATCHED, 0];
    for (let i = 0; i < windows; i++) {
      const window = data.window(rows, (i * length) % HOURS_OF_WEEK, length, shift);
      const evidence = weigh(seasonal ? seasonalSignal(data.signal, window) : data.plain, window.counts);
      const step = closeWindow(state, evidence, { start: i, end: i + 1 }, rule);
      state = step.watch;
      found.beyond += Number(evidence.psi > evidence.nullQuantile) / (REFERENCES * windows);
      found.incidents += Number(step.event === 'opened');
      if (step.event === 'opened') first ||= i + 1;
    }
    found.first.push(first);
  }
  return found;
}

describe('an unchanged week, hour by hour', () => {
  const runs = [
    { name: 'windows of an hour', reference: 10_000, length: 1, rows: 300, windows: 336 },
    { name: 'windows of a day', reference: 10_000, length: 24, rows: 300, windows: 70 },
    { name: 'windows of a day, a small reference', reference: 2000, length: 24, rows: 300, windows: 70 },
    {
      name: 'windows of 6 hours, hours of the reference with a row or two',
      reference: 700,
      length: 6,
      rows: 300,
      windows: 112,
    },
    { name: 'windows of a week', reference: 10_000, length: 168, rows: 1000, windows: 20 },
  ];

  it.each(runs)('goes beyond the null quantile in about 5 % of $name at most, and opens nothing', (run) => {
    const { beyond, incidents } = watch({ ...run, seasonal: true });
    expect(incidents).toBe(0);
    expect(beyond).toBeLessThan(0.06);
  });

  it.each(runs.slice(0, 3))('alarms in $name where the whole reference is what is compared with', (run) => {
    const { beyond, incidents } = watch({ ...run, seasonal: false });
    expect(incidents).toBeGreaterThanOrEqual(6);
    expect(beyond).toBeGreaterThan(0.4);
  });

  it('still shows what has moved beyond it: a shift of 0.7 sd in windows of a day', () => {
    const { first } = watch({ reference: 10_000, length: 24, rows: 300, windows: 14, seasonal: true, shift: 0.7 });
    for (const windows of first) {
      expect(windows).toBeGreaterThan(0);
      expect(windows).toBeLessThanOrEqual(4);
    }
  });
});
