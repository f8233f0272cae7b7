import { describe, expect, it } from 'vitest';

import { psi } from '../distance/psi.ts';
import { calibrated, type CalibrationMap } from '../performance/calibration-map.ts';
import { golden } from '../testing/golden.ts';
import { weigh } from '../watch/evidence.ts';
import { hourOfWeek } from '../window/hour-of-week.ts';
import { binsOf, countsOf } from './bins.ts';
import { buildProfile, type ProfileSubject, type SampleRow } from './build-profile.ts';
import { effectFloor } from './effect-floor.ts';
import { formatProfile } from './format-profile.ts';
import { parseProfile } from './parse-profile.ts';
import type { CategoricalReference, NumericReference } from './reference-profile.ts';
import { signalTable, type WatchedSignal } from './watched-signals.ts';
import { WindowCounts } from './window-counts.ts';

const DAY = 86_400_000;
const WINDOW = { everyMs: DAY, rows: null, starts: null, zone: 'UTC', minRows: 2, atMostMs: DAY };

function subject(features: ProfileSubject['features'], outputs: readonly string[] = []): ProfileSubject {
  return { model: 'm', version: '1', features, outputs, window: WINDOW };
}

function rowsOf(values: readonly number[]): SampleRow[] {
  return values.map((value, i) => ({ at: i * 1000, label: null, vector: [value], outputs: [] }));
}

const profileOf = (values: readonly number[]) =>
  buildProfile(subject([{ name: 'x', categories: null }]), rowsOf(values));

describe('a reference profile', () => {
  it("has NumPy's deciles for edges, and counts on them", () => {
    const profile = profileOf(golden.sample);
    const signal = profile.features[0] as NumericReference;
    signal.edges.forEach((edge, i) => expect(edge).toBeCloseTo(golden.edges[i] as number, 12));
    expect(signal.counts).toEqual(golden.reference);
    expect([profile.rows, signal.missing, signal.non_finite]).toEqual([200, 0, 0]);
  });

  it('has a mean in each bin, which together are the mean', () => {
    const { means = [], counts, mean, edges } = profileOf(golden.sample).features[0] as NumericReference;
    expect(means).toHaveLength(counts.length);
    means.slice(0, -1).forEach((value, bin) => expect(value).toBeLessThanOrEqual(edges[bin] as number));
    expect(means.reduce((sum, value, bin) => sum + value * (counts[bin] as number), 0) / 200).toBeCloseTo(
      mean as number,
      12,
    );
    const { means: ofMass } = profileOf([...Array.from({ length: 99 }, () => 5), 7]).features[0] as NumericReference;
    expect(ofMass).toEqual([5, 7]);
    expect(profileOf([5, 5]).features[0]).toMatchObject({ edges: [5], counts: [2, 0], means: [5, 5] });
  });

  it('measures distances along the scale on its bins: W1 in standard deviations, and a lower bound of D', () => {
    const table = signalTable(profileOf(golden.sample));
    const counts = new WindowCounts(table);
    for (const value of [...golden.liveSample, Number.NaN]) counts.add([value], []);
    const { wasserstein, ks } = weigh(table.watched[0] as WatchedSignal, counts.counts[0] as Uint32Array);
    expect(Math.abs((wasserstein as number) - 0.5527)).toBeLessThan(0.02);
    expect(ks).toBeLessThanOrEqual(0.25);
    expect(ks).toBeGreaterThan(0.2);
  });

  it('knows what the model was worth on the labelled rows', () => {
    const scores = Array.from({ length: 400 }, (_, i) => (i + 0.5) / 400);
    // right 9 times of 10 on either side, whatever the score says
    const rows = scores.map((score, i): SampleRow => ({
      at: null,
      label: Number(score >= 0.5 !== (i % 10 === 0)),
      vector: [],
      outputs: [score],
    }));
    const { performance } = buildProfile(subject([], ['p']), [...rows, { ...rows[0], label: null } as SampleRow]);
    expect(performance).toMatchObject({ rows: 400, errors: 40, accuracy: 0.9, threshold: 0.5 });
    expect(calibrated(performance?.calibration as CalibrationMap, 0.4)).toBeCloseTo(0.1, 1);
    const fair = rows.map((row, i) => ({ ...row, label: Number(i % 8 < 2), outputs: [0.25] }));
    expect(buildProfile(subject([], ['p']), fair).performance?.calibration).toBeNull();
  });

  it.each([
    ['scores that are no probabilities', 1.5, 1],
    ['labels that are no classes', 0.5, 3],
    ['no label', 0.5, null],
  ])('knows nothing of what a model was worth with %s', (_, score, label) => {
    const good = { at: null, label: label === null ? null : 1, vector: [], outputs: [0.5] };
    const rows = [good, { ...good, label, outputs: [score] }];
    expect(buildProfile(subject([], ['p']), rows).performance).toBeNull();
  });

  it('counts live rows on the same bins', () => {
    const counts = new WindowCounts(signalTable(profileOf(golden.sample)));
    for (const value of golden.liveSample) counts.add([value], []);
    expect([...(counts.counts[0] as Uint32Array)]).toEqual([...golden.live, 0, 0]);
    expect(counts.rows).toBe(150);
  });

  it('gives a heavy point mass a bin of its own', () => {
    const signal = profileOf([...Array.from({ length: 71 }, () => 0), ...Array.from({ length: 29 }, (_, i) => i + 1)])
      .features[0] as NumericReference;
    expect(signal.edges[0]).toBe(0);
    expect(signal.edges).toHaveLength(3);
    expect(signal.counts[0]).toBe(71);
  });

  it('keeps missing and non-finite values out of the deciles', () => {
    const signal = profileOf([1, 2, Number.NaN, Number.POSITIVE_INFINITY, 3]).features[0] as NumericReference;
    expect([signal.missing, signal.non_finite, signal.min, signal.max]).toEqual([1, 1, 1, 3]);
    expect(countsOf(signal)).toHaveLength(signal.edges.length + 3);
  });

  it('has one bin for a feature that never had a value', () => {
    const signal = profileOf([Number.NaN, Number.NaN]).features[0] as NumericReference;
    expect(signal).toMatchObject({ edges: [], counts: [0], missing: 2, mean: null });
    expect(binsOf(signal).indexOf(7)).toBe(0);
  });

  it('tells the commonest categories, rare ones, and those outside the list apart', () => {
    const categories = Array.from({ length: 60 }, (_, i) => `c${i}`);
    const values = [...categories.keys()].flatMap((i) => (i === 59 ? [] : i === 7 ? [7, 7, 7] : [i]));
    const rows = rowsOf([...values, 60, Number.NaN]);
    const signal = buildProfile(subject([{ name: 'c', categories }]), rows).features[0] as CategoricalReference;
    expect(signal.values[0]).toBe(7);
    expect(signal.values).toHaveLength(50);
    expect([signal.counts[0], signal.other, signal.unseen, signal.missing]).toEqual([3, 9, 1, 1]);
    const bins = binsOf(signal);
    expect([7, 59, 60, Number.NaN].map((value) => bins.labels[bins.indexOf(value)])).toEqual([
      'c7',
      'other',
      'unseen',
      'missing',
    ]);
  });

  it('holds the range of event time and the mean of the labels that are known', () => {
    const rows = [0, 1, null].map((label, i): SampleRow => ({ at: i * DAY, label, vector: [1], outputs: [] }));
    const profile = buildProfile(subject([{ name: 'x', categories: null }]), rows);
    expect(profile).toMatchObject({
      from: '1970-01-01T00:00:00.000Z',
      to: '1970-01-03T00:00:00.000Z',
      labels: { rows: 2, mean: 0.5 },
    });
  });

  it('watches outputs, and each special bin as a rate of its own', () => {
    const rows = [0.1, 0.9].map((p): SampleRow => ({ at: null, label: null, vector: [0], outputs: [p] }));
    const profile = buildProfile(subject([{ name: 'c', categories: ['a'] }], ['p']), rows);
    const { watched } = signalTable(profile);
    expect(watched.map(({ name }) => name)).toEqual([
      'c',
      'c.unseen',
      'c.missing',
      'outputs.p',
      'outputs.p.missing',
      'outputs.p.non_finite',
    ]);
    expect(watched[1]?.project([5, 0, 2, 1])).toEqual([2, 6]);
  });

  it('survives being written and read', () => {
    const profile = profileOf(golden.sample);
    const text = formatProfile(profile);
    expect(parseProfile(text, 'profile.json')).toEqual(profile);
    expect(text.split('\n').filter((line) => line.includes('"name":"x"'))).toHaveLength(1);
  });

  it.each([
    ['{', /it is no JSON/],
    ['[]', /it is no JSON object/],
    [{ format: 'v0' }, /format is "v0", expected millrace\/profile\/v1/],
    [{ rows: 199 }, /features\[0\] \(x\) counts 200 rows, the profile 199/],
    [
      { features: [{ kind: 'numeric', name: 'x', edges: [2, 1], counts: [200, 0, 0], missing: 0, non_finite: 0 }] },
      /edges that do not rise/,
    ],
    [
      { features: [{ kind: 'numeric', name: 'x', edges: [1], counts: [200], missing: 0, non_finite: 0 }] },
      /1 counts for 1 places/,
    ],
    [
      { features: [{ kind: 'numeric', name: 'x', edges: [1], counts: [200, -1], missing: 0, non_finite: 0 }] },
      /malformed bins/,
    ],
    [
      {
        features: [{ kind: 'numeric', name: 'x', edges: [1], counts: [200, 0], means: [1], missing: 0, non_finite: 0 }],
      },
      /means that do not fit its counts/,
    ],
    [
      { features: [{ kind: 'numeric', name: 'x', edges: [1], counts: [200, 0], sd: '1', missing: 0, non_finite: 0 }] },
      /statistics that are no numbers/,
    ],
    [{ performance: { rows: 3, errors: 4, threshold: 0.5, calibration: null } }, /performance is neither null nor/],
    [{ importance: { x: 2 } }, /importance is no table of numbers from 0 to 1/],
    [{ outputs: null }, /outputs is no list/],
    [{ own: { windows: [1], psi: { x: [] } } }, /own is neither/],
  ])('refuses to be read where it is broken: %j', (change, message) => {
    const text = typeof change === 'string' ? change : JSON.stringify({ ...profileOf(golden.sample), ...change });
    expect(() => parseProfile(text, 'profile.json')).toThrow(message);
  });

  it('is not made of nothing', () => {
    expect(() => profileOf([])).toThrow(/the sample has no rows/);
  });
});

describe("the reference's hours of the week", () => {
  const HOUR = 3_600_000;
  const at = (iso: string): number => Date.parse(iso);
  // 5 January 1970 was a Monday: an hour later in Berlin
  const rows = [at('1970-01-04T23:30Z'), at('1970-01-05T00:10Z'), at('1970-01-12T00:50Z'), null].map(
    (time, i): SampleRow => ({ at: time, label: null, vector: [i, i === 2 ? 1 : 0], outputs: [i] }),
  );
  const features = [
    { name: 'x', categories: null },
    { name: 'c', categories: ['a', 'b'] },
  ];
  const made = (zone: string, seasonal = true) =>
    buildProfile({ ...subject(features, ['p']), window: { ...WINDOW, zone }, seasonal }, rows);

  it('count its rows on the bins by the clocks of the zone, those without a time in none', () => {
    const { hours } = made('Europe/Berlin');
    expect(hours?.zone).toBe('Europe/Berlin');
    expect(hours?.rows.flatMap((count, hour) => (count > 0 ? [[hour, count]] : []))).toEqual([
      [0, 1],
      [1, 2],
    ]);
    // a, b, other, unseen, missing
    expect([hours?.counts['c']?.[0], hours?.counts['c']?.[1], hours?.counts['c']?.[2]]).toEqual([
      [1, 0, 0, 0, 0],
      [1, 1, 0, 0, 0],
      [],
    ]);
    expect(Object.keys(hours?.counts ?? {})).toEqual(['x', 'c', 'outputs.p']);
    expect(made('UTC').hours?.rows[6 * 24 + 23]).toBe(1);
  });

  it('are not kept where the pipeline is not seasonal, and refused where the sample has no times', () => {
    expect(made('UTC', false)).not.toHaveProperty('hours');
    const timeless = rows.map((row) => ({ ...row, at: null }));
    expect(() => buildProfile({ ...subject(features, ['p']), seasonal: true }, timeless)).toThrow(
      /no row of the sample has a time, and monitor.seasonal needs the hour of each/,
    );
  });

  it('are known to every signal, special bins to theirs', () => {
    const { watched } = signalTable(made('UTC'));
    const unseen = watched.find(({ name }) => name === 'c.unseen');
    expect([unseen?.hours?.[0], unseen?.hours?.[5]]).toEqual([[0, 2], null]);
    for (const { hours } of signalTable(made('UTC', false)).watched) expect(hours).toBeUndefined();
  });

  it('are read back from the text, and refused where they are damaged', () => {
    const profile = made('UTC');
    expect(parseProfile(formatProfile(profile), 'profile.json')).toEqual(profile);
    const damaged = (hours: unknown) => () => parseProfile(JSON.stringify({ ...profile, hours }), 'profile.json');
    const { hours } = profile;
    const counts = { ...hours?.counts, c: hours?.counts['c']?.with(0, [2, 1, 0, 0, 0]) };
    expect(damaged(null)).toThrow(/profile.json: hours have no zone/);
    expect(damaged({ ...hours, rows: [1] })).toThrow(/not the rows of 168 hours/);
    expect(damaged({ ...hours, counts })).toThrow(/hours do not count every row of c on its bins/);
    expect(damaged({ ...hours, counts: {} })).toThrow(/every row of x/);
  });

  it.each([
    ['Europe/Berlin', '2026-03-29T00:59:59Z', 6 * 24 + 1],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 6 * 24 + 3],
    ['Europe/Berlin', '2026-10-25T00:30:00Z', 6 * 24 + 2],
    ['Europe/Berlin', '2026-10-25T01:30:00Z', 6 * 24 + 2],
    ['Asia/Kathmandu', '2026-01-05T00:14:59Z', 5],
    ['Asia/Kathmandu', '2026-01-05T00:15:00Z', 6],
    ['America/New_York', '2026-01-05T04:59:59Z', 7 * 24 - 1],
  ])('are those that the clocks in %s show at %s', (zone, time, hour) => {
    const hourOf = hourOfWeek(zone);
    expect(hourOf(at(time) - HOUR)).not.toBe(-1); // remembers another one first
    expect(hourOf(at(time))).toBe(hour);
  });
});

describe("the reference's own windows", () => {
  // four days: three of 10 rows that lie alike, one that lies apart, and one of a single row
  const rows = [0, 1, 2, 3].flatMap((day) =>
    Array.from({ length: 10 }, (_, i): SampleRow => ({
      at: day * DAY + i,
      label: null,
      vector: [day === 3 ? i + 100 : i],
      outputs: [],
    })),
  );
  const profile = buildProfile(subject([{ name: 'x', categories: null }]), [
    ...rows,
    { at: 9 * DAY, label: null, vector: [1], outputs: [] },
  ]);

  it('are measured against the whole, without those that have too few rows', () => {
    expect(profile.own?.windows).toEqual([0, DAY, 2 * DAY, 3 * DAY]);
    const [signal] = signalTable(profile).watched;
    const counts = new WindowCounts(signalTable(profile));
    for (const row of rows.slice(0, 10)) counts.add(row.vector, []);
    const expected = psi({
      live: [...(counts.counts[0] as Uint32Array)].slice(0, -2),
      reference: signal?.reference.slice(0, -2) ?? [],
    });
    expect(profile.own?.psi['x']?.[0]).toBeCloseTo(expected, 5);
  });

  it('raise the floor of a signal that moves by itself', () => {
    const psis = (profile.own?.psi['x'] ?? []).toSorted((a, b) => a - b);
    const [third, fourth] = psis.slice(2) as [number, number];
    expect(effectFloor({ own: 0.95 }, 'x', profile, WINDOW)).toBeCloseTo(third + (fourth - third) * 0.85, 10);
    expect(effectFloor({ own: 0 }, 'x', profile, WINDOW)).toBe(Math.max(0.1, psis[0] as number));
  });

  it('leave the floor at 0.1 for a signal that never moved', () => {
    expect(effectFloor({ own: 0.95 }, 'x.missing', profile, WINDOW)).toBe(0.1);
    expect(effectFloor(0.02, 'x', profile, WINDOW)).toBe(0.02);
  });

  it('are refused for windows of another length', () => {
    expect(() => effectFloor({ own: 0.95 }, 'x', profile, { ...WINDOW, everyMs: 2 * DAY })).toThrow(
      /millrace model profile/,
    );
  });
});
