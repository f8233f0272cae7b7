import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { monitoringGolden } from '../testing/monitoring-golden.ts';
import { Adwin, type AdwinState } from './adwin.ts';
import { Ddm, type DdmState } from './ddm.ts';
import { PageHinkley, type PageHinkleyState } from './page-hinkley.ts';

interface Detector {
  update(value: number): boolean;
}

const { river_streams: streams, river_expected: expected } = monitoringGolden;
const ddm = (state?: DdmState): Detector => {
  const detector = new Ddm(state);
  return { update: (value) => detector.update(value === 1), toJSON: () => detector.toJSON() } as Detector;
};

const digits = (stream: string): readonly number[] => Array.from(stream, Number);
const found = (detector: Detector, values: readonly number[]): readonly number[] =>
  values.flatMap((value, i) => (detector.update(value) ? [i] : []));

describe('the detectors of single values', () => {
  it.each([
    ['ADWIN stream1 fixed', new Adwin(), streams.stream1],
    ['ADWIN doc12345', new Adwin(), streams.doc12345],
    ['ADWIN multi42', new Adwin(), streams.multi42],
    ['PH stream1', new PageHinkley(), streams.stream1],
    ['PH doc12345', new PageHinkley(), streams.doc12345],
    ['DDM stream2', ddm(), streams.stream2],
    ['DDM ddm42', ddm(), streams.ddm42],
  ] as const)('find a change where River finds it: %s', (name, detector, stream) => {
    expect(found(detector, digits(stream))).toEqual(expected[name]);
  });

  it.each([
    ['ADWIN', () => new Adwin(), (state: unknown) => new Adwin(state as AdwinState)],
    ['Page–Hinkley', () => new PageHinkley(), (state: unknown) => new PageHinkley(state as PageHinkleyState)],
    ['DDM', () => ddm(), (state: unknown) => ddm(state as DdmState)],
  ] as const)('go on from their state in JSON as if they had never stopped: %s', (_, start, restarted) => {
    const values = digits(streams.ddm42);
    const whole = found(start(), values);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: values.length }), (at) => {
        const first = start();
        const before = found(first, values.slice(0, at));
        const second = restarted(JSON.parse(JSON.stringify(first)));
        const after = found(second, values.slice(at)).map((i) => i + at);
        expect([...before, ...after]).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it('see in many predictions at once what they come to one by one: DDM', () => {
    const [one, many] = [new Ddm(), new Ddm()];
    for (let i = 0; i < 100; i++) one.update(i % 10 === 0);
    many.updateMany(10, 100);
    expect(many.toJSON()).toMatchObject({ count: 100, errors: 10, best: { rate: 0.1 } });
    expect(one.toJSON()).toMatchObject({ count: 100, errors: 10 });
    expect([many.updateMany(10, 100), many.updateMany(60, 100)]).toEqual([false, true]);
  });

  it('hold a window of a hundred thousand values in some dozen buckets', () => {
    const adwin = new Adwin();
    for (let i = 0; i < 100_000; i++) adwin.update(i % 2);
    expect(adwin.width).toBe(100_000);
    expect(adwin.toJSON().rows.flat().length).toBeLessThan(100);
  });
});
