import { binsOf, countsOf, type Bins } from './bins.ts';
import type { HourlyCounts, ReferenceProfile, SignalReference } from './reference-profile.ts';

/**
 * A signal with a detector of its own: a feature, an output, or one of their special bins against all others
 * (`wind_speed.missing`), so that a broken upstream field is named as such.
 */
export interface WatchedSignal {
  readonly name: string;
  readonly output: boolean;
  /** Position in the counts of a window. */
  readonly slot: number;
  readonly labels: readonly string[];
  readonly reference: readonly number[];
  /** The part of `reference` that lies in each hour of the week; null of an hour without a row. Not where windows are compared with all. */
  readonly hours?: readonly (readonly number[] | null)[];
  /** Where its first bins lie on the scale of its values; null where they have no order. */
  readonly scale: { readonly points: readonly number[]; readonly sd: number } | null;
  /** What the detector looks at, from the slot's counts. */
  project(counts: ArrayLike<number>): readonly number[];
}

/** A profile, ready to count by: slots in the order of features and outputs, and the signals watched on them. */
export interface SignalTable {
  readonly slots: readonly {
    readonly name: string;
    readonly bins: Bins;
    /** The least and the largest finite value of the reference; null where there is none, or values have no order. */
    readonly range: readonly [min: number, max: number] | null;
  }[];
  readonly watched: readonly WatchedSignal[];
}

/** Where the profile has hours, each signal has its own. */
export function signalTable(profile: Pick<ReferenceProfile, 'features' | 'outputs' | 'hours'>): SignalTable {
  const signals = [
    ...profile.features.map((signal) => ({ signal, name: signal.name, output: false })),
    ...profile.outputs.map((signal) => ({ signal, name: `outputs.${signal.name}`, output: true })),
  ];
  return {
    slots: signals.map(({ signal, name }) => ({ name, bins: binsOf(signal), range: rangeOf(signal) })),
    watched: signals.flatMap(({ signal, name, output }, slot) =>
      watchedOf(signal, name, output, slot).map((watched) => withHours(watched, profile.hours?.counts[name])),
    ),
  };
}

function rangeOf(signal: SignalReference): readonly [min: number, max: number] | null {
  return signal.kind === 'categorical' || signal.min === null || signal.max === null ? null : [signal.min, signal.max];
}

function watchedOf(signal: SignalReference, name: string, output: boolean, slot: number): readonly WatchedSignal[] {
  const bins = binsOf(signal);
  const counts = countsOf(signal);
  const whole: WatchedSignal = {
    name,
    output,
    slot,
    labels: bins.labels,
    reference: counts,
    scale: signal.kind === 'numeric' && signal.means ? { points: signal.means, sd: signal.sd ?? 0 } : null,
    project: (live) => Array.from(live),
  };
  const rates = [...bins.special].map(([special, bin]): WatchedSignal => {
    const project = (live: ArrayLike<number>): readonly number[] => againstTheRest(live, bin);
    return {
      name: `${name}.${special}`,
      output,
      slot,
      labels: [special, 'present'],
      reference: project(counts),
      scale: null,
      project,
    };
  });
  return [whole, ...rates];
}

function withHours(signal: WatchedSignal, counts: HourlyCounts['counts'][string] | undefined): WatchedSignal {
  if (counts === undefined) return signal;
  return { ...signal, hours: counts.map((bins) => (bins.length === 0 ? null : signal.project(bins))) };
}

function againstTheRest(counts: ArrayLike<number>, bin: number): readonly number[] {
  const inBin = counts[bin] ?? 0;
  let rest = -inBin;
  for (let i = 0; i < counts.length; i++) rest += counts[i] as number;
  return [inBin, rest];
}
