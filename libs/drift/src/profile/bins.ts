import type { CategoricalReference, NumericReference, SignalReference } from './reference-profile.ts';

/** What a special bin counts, as it is named behind a signal's own name: `carrier.unseen`. */
export type SpecialBin = 'missing' | 'unseen' | 'non_finite';

/** The bins of one signal: the ordinary ones first, the special ones last. */
export interface Bins {
  readonly size: number;
  /** For people: `(5, 10]`, `UA`, `missing`. */
  readonly labels: readonly string[];
  /** Where the special bins are. */
  readonly special: ReadonlyMap<SpecialBin, number>;
  /** Where a value of the vector, or of an output, belongs. */
  indexOf(value: number): number;
}

/** The bins of a signal of a profile. */
export function binsOf(signal: SignalReference): Bins {
  return signal.kind === 'numeric' ? numericBins(signal.edges) : categoricalBins(signal.categories, signal.values);
}

/** The reference's counts, in the order of its bins. */
export function countsOf(signal: SignalReference): readonly number[] {
  if (signal.kind === 'numeric') return [...signal.counts, signal.missing, signal.non_finite];
  return [...signal.counts, signal.other, signal.unseen, signal.missing];
}

/** (−∞, e₁], (e₁, e₂], …, (eₖ, +∞), missing (NaN), non_finite (±∞). */
export function numericBins(edges: NumericReference['edges']): Bins {
  const bounds = ['-inf', ...edges.map(String), '+inf'];
  const labels = bounds.slice(1).map((upper, i) => `(${bounds[i]}, ${upper}${upper === '+inf' ? ')' : ']'}`);
  const missing = edges.length + 1;
  return {
    size: edges.length + 3,
    labels: [...labels, 'missing', 'non_finite'],
    special: new Map([
      ['missing', missing],
      ['non_finite', missing + 1],
    ]),
    indexOf(value) {
      if (Number.isNaN(value)) return missing;
      if (!Number.isFinite(value)) return missing + 1;
      let bin = 0;
      while (bin < edges.length && value > (edges[bin] as number)) bin++;
      return bin;
    },
  };
}

/** The commonest values, then other, unseen, missing. */
export function categoricalBins(
  categories: CategoricalReference['categories'],
  values: CategoricalReference['values'],
): Bins {
  const binOf = new Map(values.map((index, bin) => [index, bin]));
  const other = values.length;
  return {
    size: other + 3,
    labels: [...values.map((index) => String(categories[index])), 'other', 'unseen', 'missing'],
    special: new Map([
      ['unseen', other + 1],
      ['missing', other + 2],
    ]),
    indexOf(value) {
      if (Number.isNaN(value)) return other + 2;
      return binOf.get(value) ?? (value >= 0 && value < categories.length ? other : other + 1);
    },
  };
}
