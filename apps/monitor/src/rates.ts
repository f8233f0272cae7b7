import {
  incidentRule,
  psi,
  quantileOf,
  usedBins,
  weigh,
  weighErrors,
  type RuledSignal,
  type WatchedSignal,
} from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { LETTER_CODES, LETTER_PLACES, LETTER_STAGES } from '@millrace/records';

import type { ClosedWindow } from './close-windows.ts';
import { addedCounts } from './merged-windows.ts';
import type { Weighing } from './weigh-window.ts';

/** In a window of events: how many by type, in the plan's order; dead letters, and good events beside them (`LETTER_PLACES`). */
const TYPES_SLOT = 0;
const LETTERS_SLOT = 1;

const LETTERS = 'dead_letters';

type Counts = readonly (readonly number[])[];

/** What is usual, learnt from the first windows: no profile knows it. */
export interface UsualRates {
  /** Start of the first window; null before any. */
  readonly from: number | null;
  /** While it is learnt: the windows so far; afterwards their sum alone. */
  readonly windows: readonly Counts[];
  /** By signal, the effect that an incident needs: what happened while it was learnt is no news. Null while it is. */
  readonly floors: Readonly<Record<string, number>> | null;
}

export const NOTHING_USUAL: UsualRates = { from: null, windows: [], floors: null };

/** A week, since most traffic has a weekly cycle. */
const LEARN_MS = 7 * 86_400_000;
const LEAST_WINDOWS = 3;
const MOST_WINDOWS = 200;
const OWN_QUANTILE = 0.95;
/** A share of 1 % of dead letters where there was none has a PSI of some 0.08. */
const LETTERS_FLOOR = 0.02;
const TYPES_FLOOR = 0.1;

/** The rate of each event type among all, and that of dead letters: of all, by who gave them up, and by why. */
export function rateSignals({ events }: Pick<Plan, 'events'>): readonly Omit<WatchedSignal, 'reference'>[] {
  const signal = { output: false, scale: null };
  const rates = events.map(({ type }, place) => ({
    ...signal,
    name: `rate.${type}`,
    slot: TYPES_SLOT,
    labels: [type, 'other types'],
    project: (counts: ArrayLike<number>) => againstTheRest(Array.from(counts), place),
  }));
  const letters = letterPlaces().map(([name, place]) => ({
    ...signal,
    name,
    slot: LETTERS_SLOT,
    labels: ['dead letters', 'events'],
    project: (counts: ArrayLike<number>) => [counts[place] ?? 0, counts[LETTER_PLACES.events] ?? 0],
  }));
  return [...rates, ...letters];
}

function letterPlaces(): readonly (readonly [signal: string, place: number])[] {
  return [
    [LETTERS, LETTER_PLACES.all],
    ...LETTER_STAGES.map((stage, i) => [`${LETTERS}.${stage}`, LETTER_PLACES.stages + i] as const),
    ...LETTER_CODES.map((code, i) => [`${LETTERS}.${code}`, LETTER_PLACES.codes + i] as const),
  ];
}

/** Learns from a window with enough events, until a week and 3 windows are known. */
export function learnt(usual: UsualRates, { start, end, counts }: ClosedWindow, plan: Plan): UsualRates {
  if (usual.floors !== null) return usual;
  const from = usual.from ?? start;
  const all = [...usual.windows, counts];
  if (end - from < LEARN_MS || all.length < LEAST_WINDOWS) return { from, windows: thinned(all), floors: null };
  const sum = all.reduce(addedCounts);
  const floors = rateSignals(plan).map((signal) => [signal.name, floorOf(signal, all, sum, plan)] as const);
  return { from, windows: [sum], floors: Object.fromEntries(floors) };
}

/** What a window says of each rate; nothing is said while it is learnt what is usual. */
export function weighRates(window: ClosedWindow, { windows, floors }: UsualRates, plan: Plan): readonly Weighing[] {
  const [usual] = windows;
  if (floors === null || usual === undefined) return [];
  const signals = rateSignals(plan);
  return signals.map((signal) => {
    const counts = window.counts[signal.slot] ?? [];
    const rule = incidentRule(plan.monitor, signals.length, floors[signal.name] ?? leastFloor(signal));
    const ruled: RuledSignal = { rule, signal: { ...signal, reference: signal.project(usual[signal.slot] ?? []) } };
    const weighed = signal.slot === LETTERS_SLOT ? weighErrors : weigh;
    return { ruled, counts, evidence: weighed(ruled.signal, counts) };
  });
}

function floorOf(signal: Omit<WatchedSignal, 'reference'>, all: readonly Counts[], sum: Counts, plan: Plan): number {
  const set = plan.monitor.floors.get(signal.slot === LETTERS_SLOT ? LETTERS : signal.name);
  if (typeof set === 'number') return set;
  const reference = signal.project(sum[signal.slot] ?? []);
  const own = all.map((counts) => psi(usedBins(signal.project(counts[signal.slot] ?? []), reference)));
  const quantile = quantileOf(
    own.toSorted((a, b) => a - b),
    set?.own ?? OWN_QUANTILE,
  );
  return Math.max(leastFloor(signal), quantile);
}

function leastFloor({ slot }: Omit<WatchedSignal, 'reference'>): number {
  return slot === LETTERS_SLOT ? LETTERS_FLOOR : TYPES_FLOOR;
}

/** Every second one is enough where there are many. */
function thinned(windows: readonly Counts[]): readonly Counts[] {
  return windows.length > MOST_WINDOWS ? windows.filter((_, i) => i % 2 === 0) : windows;
}

function againstTheRest(counts: readonly number[], place: number): readonly number[] {
  const here = counts[place] ?? 0;
  return [here, counts.reduce((sum, count) => sum + count, 0) - here];
}
