import { describe, expect, it } from 'vitest';

import type { WatchedSignal } from '../profile/watched-signals.ts';
import { mannWhitneyOnBins } from '../significance/mann-whitney.ts';
import { calm, golden, relative } from '../testing/golden.ts';
import { weigh } from './evidence.ts';
import { incidentRule } from './incident-rule.ts';
import { movedBins } from './moved-bins.ts';
import { closeWindow, UNWATCHED } from './signal-watch.ts';

const signal: WatchedSignal = {
  name: 'x',
  output: false,
  slot: 0,
  reference: golden.reference,
  scale: null,
  labels: golden.reference.map((_, i) => `bin ${i}`),
  project: (counts) => Array.from(counts),
};

const ordered: WatchedSignal = { ...signal, scale: { points: golden.reference.map((_, i) => i), sd: 3 } };

describe('the evidence of a window', () => {
  it('is that of anything near the reference where bins have no order', () => {
    expect(relative(weigh(signal, golden.live).logE, golden.logE)).toBeLessThan(1e-9);
  });

  it('is half a bet on a shift where they have one, which costs at most ln 2', () => {
    expect(weigh(ordered, golden.live).logE).toBeGreaterThan(golden.logE + 1);
    const steady: WatchedSignal = { ...ordered, reference: calm.reference };
    expect(weigh(steady, calm.live).logE).toBeGreaterThanOrEqual(calm.logE - Math.LN2);
    expect(weigh(steady, calm.live).logE).toBeLessThan(-5);
  });

  it('bets on no shift of one bin, or of special ones', () => {
    const [live, reference] = [
      [40, 0, 9],
      [900, 0, 100],
    ];
    const [plain, one] = [null, { points: [1, 2], sd: 1 }].map((scale) => weigh({ ...signal, reference, scale }, live));
    expect(one?.logE).toBe(plain?.logE);
  });

  it('tells a shift by this window alone where bins have an order and none holds much of the reference', () => {
    const shifted = { live: [0, 2, 4, 6, 8, 10, 12, 14, 20, 24], reference: golden.reference.map(() => 100) };
    const found = weigh({ ...ordered, reference: shifted.reference }, shifted.live).shiftP;
    expect(found).toBe(mannWhitneyOnBins(shifted).p);
    expect(found).toBeLessThan(1e-9);
    expect(weigh({ ...signal, reference: shifted.reference }, shifted.live).shiftP).toBe(1);
    const [usual, ...others] = shifted.reference as [number, ...number[]];
    expect(weigh({ ...ordered, reference: [usual + 150, ...others] }, shifted.live).shiftP).toBe(1);
  });

  it('measures the effect from what is expected without a shift', () => {
    const found = weigh(signal, golden.live);
    expect(found.effect).toBeCloseTo(golden.psi - 9 * (1 / 200 + 1 / 150), 12);
    expect(found).toMatchObject({ rows: 150, psi: golden.psi });
  });

  it('names the bins that moved most', () => {
    expect(movedBins(signal, golden.live)).toEqual([
      { bin: 'bin 0', from: 0.1, to: 0.3 },
      { bin: 'bin 8', from: 0.1, to: 8 / 150 },
      { bin: 'bin 9', from: 0.1, to: 8 / 150 },
    ]);
  });

  it('is none where nothing can move: one bin; no number of such windows makes it a suspect', () => {
    const constant: WatchedSignal = { ...signal, reference: [900, 0], project: () => [40, 0] };
    const evidence = weigh(constant, []);
    expect(evidence).toMatchObject({ psi: 0, effect: 0, nullQuantile: 0 });
    const rule = incidentRule({ runLength: 1000, persistence: 2, remindMs: 1 }, 1, 0.1);
    let watch = UNWATCHED;
    for (let start = 0; start < 10_000; start++)
      ({ watch } = closeWindow(watch, evidence, { start, end: start + 1 }, rule));
    expect([watch.state, Math.exp(watch.logM ?? 0)]).toEqual(['ok', expect.closeTo(1)]);
  });
});
