import { describe, expect, it } from 'vitest';

import { detectChanges, type ErrorChanges, type ErrorDetectors } from './error-detectors.ts';

/** The windows, by number, with which each detector says so: 100 labels a window. */
function found(rates: readonly number[]): Record<keyof ErrorChanges, readonly number[]> {
  let detectors: ErrorDetectors | undefined;
  const said = rates.map((rate) => {
    const step = detectChanges(detectors, [Math.round(rate * 100), Math.round((1 - rate) * 100)]);
    detectors = JSON.parse(JSON.stringify(step.detectors)) as ErrorDetectors; // as the ledger keeps it
    return step.changes;
  });
  const where = (name: keyof ErrorChanges): number[] => said.flatMap((changes, i) => (changes[name] ? i : []));
  return { adwin: where('adwin'), page_hinkley: where('page_hinkley'), ddm: where('ddm') };
}

const rates = (count: number, rate: number): number[] =>
  Array.from({ length: count }, (_, i) => rate + (i % 2 === 0 ? 0.02 : -0.02));

describe('the detectors on error rates of windows', () => {
  it('say nothing while the rate goes up and down by 2 %', () => {
    expect(found(rates(400, 0.2))).toEqual({ adwin: [], page_hinkley: [], ddm: [] });
  });

  it('say when it has risen: DDM first, ADWIN with a 32nd window, Page–Hinkley much later', () => {
    const { adwin, page_hinkley: pageHinkley, ddm } = found([...rates(100, 0.2), ...rates(300, 0.6)]);
    expect(ddm[0]).toBeGreaterThanOrEqual(100);
    expect(ddm[0]).toBeLessThan(105);
    expect(adwin[0]).toBe(159);
    expect(pageHinkley[0]).toBeGreaterThan(200);
  });

  it('say when it has fallen: ADWIN alone', () => {
    const { adwin, page_hinkley: pageHinkley, ddm } = found([...rates(100, 0.6), ...rates(100, 0.1)]);
    expect(adwin).toHaveLength(1);
    expect([pageHinkley, ddm]).toEqual([[], []]);
  });
});
