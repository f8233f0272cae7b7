import { describe, expect, it } from 'vitest';

import type { Evidence } from './evidence.ts';
import { incidentRule } from './incident-rule.ts';
import { closeWindow, UNWATCHED, withoutData, type SignalWatch, type WatchStep } from './signal-watch.ts';

const HOUR = 3_600_000;
const SETTINGS = { runLength: 100, persistence: 2, remindMs: 24 * HOUR };
const RULE = incidentRule(SETTINGS, 10, 0.1);
const AT_ONCE = incidentRule({ ...SETTINGS, persistence: 1 }, 10, 0.1);

const window = (hour: number) => ({ start: hour * HOUR, end: (hour + 1) * HOUR });
const evidence = (effect: number, logE: number): Evidence => ({
  rows: 500,
  psi: effect + 0.02,
  effect,
  nullQuantile: 0.05,
  logE,
  shiftP: 1,
  jensenShannon: 0,
  hellinger: 0,
  lInfinity: 0,
  totalVariation: 0,
  wasserstein: null,
  ks: null,
});
const strong = evidence(0.3, 50);
const calm = evidence(0, -7);

/** Feeds windows of one hour and tells what each led to. */
function run(windows: readonly Evidence[], from: SignalWatch = UNWATCHED, rule = RULE): WatchStep[] {
  let watch = from;
  return windows.map((found, hour) => {
    const step = closeWindow(watch, found, window(hour), rule);
    watch = step.watch;
    return step;
  });
}

const events = (steps: readonly WatchStep[]) => steps.map(({ event }) => event);
const states = (steps: readonly WatchStep[]) => steps.map(({ watch }) => watch.state);

describe('an incident', () => {
  it('opens with the second window of a lasting, strong shift', () => {
    const steps = run([calm, strong, strong]);
    expect(events(steps)).toEqual([null, null, 'opened']);
    expect(states(steps)).toEqual(['ok', 'suspected', 'open']);
    expect(steps[2]?.incident).toMatchObject({ openedAt: 3 * HOUR, onset: HOUR, alertedEffect: 0.3, alerts: 1 });
  });

  it('does not open without evidence, however large the effect', () => {
    expect(events(run([evidence(0.5, 1), evidence(0.5, 1), evidence(0.5, 1)]))).toEqual([null, null, null]);
  });

  it('does not open below the floor, however strong the evidence', () => {
    const steps = run([evidence(0.1, 50), evidence(0.1, 50), evidence(0.1, 50)]);
    expect(states(steps)).toEqual(['suspected', 'suspected', 'suspected']);
  });

  it('does not open on one window in three', () => {
    expect(events(run([calm, calm, strong, { ...strong, psi: 0.04 }]))).toEqual([null, null, null, null]);
  });

  it('opens with the third window where that is asked for, and one of them is quiet otherwise', () => {
    const rule = incidentRule({ ...SETTINGS, persistence: 3 }, 10, 0.1);
    expect(events(run([strong, strong, strong], UNWATCHED, rule))).toEqual([null, null, 'opened']);
    expect(events(run([strong, strong, calm, strong, strong, strong], UNWATCHED, rule)).indexOf('opened')).toBe(5);
  });

  it('opens with the first window where one is enough: by what adds up, two thirds of the false alarms', () => {
    const [least, enough] = [Math.log((100 * 10 * 3) / 2) - 1e-9, Math.log((100 * 10 * 3) / 2) + 1e-9];
    expect(events(run([evidence(0.3, least)], UNWATCHED, AT_ONCE))).toEqual([null]);
    expect(events(run([evidence(0.3, enough)], UNWATCHED, AT_ONCE))).toEqual(['opened']);
  });

  it('opens by a window that shifted more than chance gives, a third of them, where one is enough', () => {
    const shifted = (effect: number, shiftP: number) => ({ ...evidence(effect, 1), shiftP });
    expect(events(run([shifted(0.3, 1 / 3001)], UNWATCHED, AT_ONCE))).toEqual(['opened']);
    expect(events(run([shifted(0.3, 1 / 3000)], UNWATCHED, AT_ONCE))).toEqual([null]);
    expect(states(run([shifted(0.1, 1e-9)], UNWATCHED, AT_ONCE))).toEqual(['suspected']);
    expect(states(run([shifted(0.3, 0), shifted(0.3, 1e-9)]))).toEqual(['ok', 'ok']);
  });

  it('takes for its onset the window after the evidence was last negative', () => {
    const weak = evidence(0.05, 2);
    const [, , , , opened] = run([weak, calm, weak, weak, strong]);
    expect(opened?.incident?.onset).toBe(2 * HOUR);
  });

  it('is said again when the effect has grown by half', () => {
    const steps = run([strong, strong, evidence(0.44, 5), evidence(0.45, 5), evidence(0.6, 5), evidence(0.7, 5)]);
    expect(events(steps)).toEqual([null, 'opened', null, 'worsened', null, 'worsened']);
  });

  it('is said again after a day of event time', () => {
    const steps = run(Array.from({ length: 51 }, () => strong));
    const said = events(steps).flatMap((event, hour) => (event ? [[event, hour]] : []));
    expect(said).toEqual([
      ['opened', 1],
      ['reminded', 25],
      ['reminded', 49],
    ]);
  });

  it('resolves after three windows below the null quantile, and evidence begins again', () => {
    const steps = run([strong, strong, calm, calm, strong, calm, calm, calm]);
    expect(events(steps)).toEqual([null, 'opened', null, null, null, null, null, 'resolved']);
    expect(steps.at(-1)?.watch).toEqual({ ...UNWATCHED, state: 'resolved' });
    expect(steps.at(-1)?.incident).toMatchObject({ openedAt: 2 * HOUR, alerts: 2 });
  });

  it('opens anew after it was resolved', () => {
    const [first, second] = run([strong, strong], { ...UNWATCHED, state: 'resolved' });
    expect([first?.watch.state, second?.event]).toEqual(['suspected', 'opened']);
  });

  it('stays open through a window without data', () => {
    const open = run([strong, strong]).at(-1)?.watch as SignalWatch;
    expect(withoutData(open)).toBe(open);
    expect(withoutData(run([calm])[0]?.watch as SignalWatch).state).toBe('insufficient_data');
  });

  it('is a value that survives JSON at every step', () => {
    const windows = [calm, strong, strong, evidence(0.6, 9), calm, calm, calm, strong];
    const whole = run(windows);
    let watch = UNWATCHED;
    windows.forEach((found, hour) => {
      watch = closeWindow(JSON.parse(JSON.stringify(watch)) as SignalWatch, found, window(hour), RULE).watch;
      expect(watch).toEqual(whole[hour]?.watch);
    });
  });
});
