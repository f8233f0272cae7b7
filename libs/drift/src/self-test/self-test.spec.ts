import { seededRandom } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { buildProfile } from '../profile/build-profile.ts';
import { selfTest, type SelfTestSettings } from './self-test.ts';

const WINDOW = { everyMs: 3_600_000, rows: null, starts: null, zone: 'UTC', minRows: 300, atMostMs: 86_400_000 };
const SETTINGS: SelfTestSettings = {
  window: WINDOW,
  floor: 0.1,
  floors: new Map(),
  runLength: 1000,
  persistence: 2,
  remindMs: 86_400_000,
  rows: 500,
  windows: 300,
  trials: 6,
};

/** Two numbers, one of them mostly 0, a category, and an output. */
function profileOf(seed: number, size = 5000) {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const rows = Array.from({ length: size }, () => ({
    at: null,
    label: null,
    vector: [normal(), random() < 0.7 ? 0 : random(), Math.floor(random() * 3)],
    outputs: [1 / (1 + Math.exp(-normal()))],
  }));
  const features = [
    { name: 'x', categories: null },
    { name: 'mostly_zero', categories: null },
    { name: 'c', categories: ['a', 'b', 'c'] },
  ];
  return buildProfile({ model: 'm', version: '1', features, outputs: ['p'], window: WINDOW }, rows);
}

describe('the self-test', () => {
  const profile = profileOf(1);
  const report = selfTest(profile, SETTINGS, seededRandom(7));

  it('counts false incidents on unchanged windows, with the limit that so many windows allow', () => {
    expect(report).toMatchObject({ rows: 500, windows: 300, signals: 12, falseIncidents: 0, falsePer1000: 0 });
    // the rule of three: none in 300 windows means at most 3 in 300
    expect(report.falsePer1000AtMost).toBeCloseTo(9.986, 2);
  });

  it('says how many windows each change takes, and how often it is named', () => {
    const [small, , large, missing, unseen] = report.planted;
    expect(small).toMatchObject({ change: { kind: 'shift', sd: 0.1 }, trials: 6 });
    expect(small?.found).toBeLessThan(6);
    expect(large).toMatchObject({ found: 6, namedRight: 6 });
    expect(large?.medianWindows).toBeLessThanOrEqual(3);
    expect(missing).toMatchObject({ found: 6, medianWindows: 2, namedRight: 6 });
    expect(unseen).toMatchObject({ trials: 6, namedRight: 6 });
  });

  it('finds small shifts of numbers: of 0.2 sd in 2 windows of 500 rows, and of 0.1 sd in most trials', () => {
    const numeric = { ...profile, features: profile.features.filter(({ name }) => name === 'x'), outputs: [] };
    // as many windows between two false alarms as for 20 features
    const settings = { ...SETTINGS, floor: 0.02, runLength: 20_000, windows: 1, trials: 30 };
    const [tiny, small] = selfTest(numeric, settings, seededRandom(7)).planted;
    expect(tiny).toMatchObject({ change: { kind: 'shift', sd: 0.1 } });
    expect(tiny?.found).toBeGreaterThanOrEqual(15);
    expect(small).toMatchObject({ found: 30, medianWindows: 2, namedRight: 30 });
  });

  const NERVOUS = { ...SETTINGS, rows: 50, floor: -1, runLength: 1e-4, trials: 0 };

  it('tells a detector that cries wolf', () => {
    const nervous = selfTest(profile, NERVOUS, seededRandom(7));
    expect(nervous.falseIncidents).toBeGreaterThan(0);
    expect(nervous.falsePer1000).toBe(nervous.falseIncidents / 0.3);
  });

  it('tells that a reference has too few rows: its own errors are taken for a change', () => {
    const settings = { ...SETTINGS, rows: 300, windows: 2000, trials: 0 };
    const [few, many] = [100, 5000].map((size) => selfTest(profileOf(2, size), settings, seededRandom(7)).falsePer1000);
    expect(few).toBeGreaterThan(1);
    expect(many).toBe(0);
  });

  it('gives the same for the same seed', () => {
    expect(selfTest(profile, SETTINGS, seededRandom(7))).toEqual(report);
    const nervous = [7, 7, 8].map((seed) => selfTest(profile, NERVOUS, seededRandom(seed)));
    expect(nervous[1]).toEqual(nervous[0]);
    expect(nervous[2]).not.toEqual(nervous[0]);
  });

  it('plants nothing where nothing can change so', () => {
    const constant = buildProfile(
      { model: 'm', version: '1', features: [{ name: 'x', categories: null }], outputs: [], window: WINDOW },
      Array.from({ length: 10 }, () => ({ at: null, label: null, vector: [3], outputs: [] })),
    );
    const { planted } = selfTest(constant, { ...SETTINGS, windows: 1, trials: 1 }, seededRandom(1));
    expect(planted.map(({ trials }) => trials)).toEqual([0, 0, 0, 1, 0]);
  });
});
