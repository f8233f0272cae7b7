import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { buildProfile } from './build-profile.ts';
import { sketchedProfile, sketchesOnBins } from './sketched-profile.ts';
import { cellsOfEach, mergedSketch, ValueSketch, valuesOf, type SketchCounts } from './value-sketch.ts';
import { signalTable } from './watched-signals.ts';
import { WindowCounts } from './window-counts.ts';

const MOST = 16;
const values = fc.array(
  fc.oneof(fc.float(), fc.integer({ min: -5, max: 5 }), fc.constantFrom(-0, Number.NaN, Infinity, 1e300)),
  { maxLength: 80, size: 'max' },
);

function sketchOf(numbers: readonly number[], { whole = false, most = MOST } = {}): SketchCounts {
  const sketch = new ValueSketch(whole);
  for (const number of numbers) sketch.add(number);
  return sketch.counts(most);
}

/** Numbers of a bell, always the same. */
function bell(n: number, mean: number, sd: number): number[] {
  const even = (i: number): number => ((i * 7919 + 13) % 10_007) / 10_007;
  return Array.from({ length: n }, (_, i) => {
    const twelve = Array.from({ length: 12 }, (__, j) => even(i * 12 + j * 131)).reduce((all, one) => all + one);
    return Math.fround(mean + sd * (twelve - 6));
  });
}

describe('a sketch of values', () => {
  it('is the same in whatever parts its values come, and in whatever order', () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), (parts) => {
        const merged = parts.map((part) => sketchOf(part)).reduce((a, b) => mergedSketch(a, b, MOST));
        expect(merged).toEqual(sketchOf(parts.flat()));
        const turned = parts.toReversed().map((part) => sketchOf(part.toReversed()));
        expect(turned.reduce((a, b) => mergedSketch(a, b, MOST))).toEqual(merged);
      }),
    );
  });

  it('has no more cells than it may, and every value in one of them', () => {
    fc.assert(
      fc.property(values, (numbers) => {
        const sketch = sketchOf(numbers);
        expect(valuesOf(sketch).length).toBeLessThanOrEqual(MOST);
        const counted = valuesOf(sketch).reduce((all, [, count]) => all + count, 0);
        expect(counted + (sketch[0] as number) + (sketch[1] as number)).toBe(numbers.length);
      }),
    );
  });

  it('keeps the values themselves, in their order, while they are few', () => {
    expect(valuesOf(sketchOf([3, -1, -2.5, 0, -0, 3]))).toEqual([
      [-2.5, 1],
      [-1, 1],
      [0, 2],
      [3, 2],
    ]);
  });

  it('keeps all values of a category, however many', () => {
    const numbers = Array.from({ length: 300 }, (_, i) => i);
    expect(valuesOf(sketchOf(numbers, { whole: true })).map(([value]) => value)).toEqual(numbers);
  });

  it('takes a like part of the room for each signal', () => {
    expect([1, 30, 200, 5000].map(cellsOfEach)).toEqual([128, 128, 60, 16]);
  });
});

describe('a profile from sketches', () => {
  const subject = {
    model: 'm',
    version: '1',
    features: [
      { name: 'x', categories: null },
      { name: 'c', categories: ['a', 'b', 'd'] },
    ],
    outputs: ['p'],
  };
  const sketched = (columns: readonly (readonly number[])[], most: number) => {
    const sketches = columns.map((column, i) => sketchOf(column, { whole: i === 1, most }));
    return sketchedProfile(subject, { rows: columns[0]!.length, from: 0, to: 10, sketches });
  };

  it('has the bins and counts of one from the rows themselves, where it has seen every value', () => {
    const x = Array.from({ length: 100 }, (_, i) => [1, 2, 2, 3, 5, 8, 13, 21, Number.NaN, Infinity][i % 10]!);
    const c = x.map((_, i) => [0, 1, 1, 3, Number.NaN][i % 5]!);
    const rows = x.map((value, i) => ({ at: null, label: null, vector: [value, c[i]!], outputs: [i % 2] }));
    const window = { everyMs: 10, rows: null, starts: null, zone: 'UTC', minRows: 1, atMostMs: 10 };
    const [fromX, fromC] = buildProfile({ ...subject, window }, rows).features;
    const profile = sketched([x, c, x.map((_, i) => i % 2)], 128);
    expect(profile.features[1]).toEqual(fromC);
    expect(profile.features[0]).toMatchObject({
      missing: 10,
      non_finite: 10,
      min: 1,
      max: 21,
      edges: [1, 2, 3, 5, 8, 13, 21],
    });
    expect(profile.features[0]).toMatchObject({ mean: (fromX as { mean: number }).mean });
    expect(profile.source).toBe('live');
  });

  it.each([
    [0, 1],
    [-73.98, 0.02],
    [290, 6],
  ])('has about a tenth of the rows in each bin, of a bell about %d as wide as %d', (mean, sd) => {
    const column = bell(5000, mean, sd);
    const [x] = sketched([column, column.map(() => 0), column], 128).features;
    expect(x?.counts).toHaveLength(10);
    for (const count of x?.counts ?? []) expect(Math.abs(count / 5000 - 0.1)).toBeLessThan(0.05);
  });

  it('counts a window as its rows would be counted, where the window has as few values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 60 }), (column) => {
        const columns = [column, column.map((n) => Math.abs(n) % 5), column.map((n) => n / 4)];
        const table = signalTable(sketched([bell(500, 0, 8).map(Math.round), columns[1]!, bell(500, 0, 2)], 128));
        const counted = new WindowCounts(table);
        column.forEach((x, i) => counted.add([x, columns[1]![i]!], [columns[2]![i]!]));
        const { counts, outside } = sketchesOnBins(
          columns.map((numbers, i) => sketchOf(numbers, { whole: i === 1, most: 128 })),
          table,
        );
        expect(counts).toEqual(counted.counts.map((bins) => Array.from(bins)));
        expect(outside).toEqual(Array.from(counted.outside));
      }),
    );
  });
});
