import quantile from '@stdlib/stats-base-dists-chisquare-quantile';

import type { ReferenceProfile } from '../profile/reference-profile.ts';
import { signalTable } from '../profile/watched-signals.ts';
import { ruledSignals, type WatchSettings } from '../watch/ruled-signals.ts';
import { canChange, type PlantedChange } from './planted-change.ts';
import { redrawn } from './redrawn.ts';
import { SimulatedWindows } from './simulated-windows.ts';

export interface SelfTestSettings extends WatchSettings {
  /** Rows of a window. */
  readonly rows: number;
  /** Unchanged windows. */
  readonly windows: number;
  /** Times that each change is planted, in another signal each. */
  readonly trials: number;
}

/** What the detector does on a profile's own data. */
export interface SelfTestReport {
  readonly rows: number;
  readonly windows: number;
  /** Signals watched. */
  readonly signals: number;
  readonly falseIncidents: number;
  readonly falsePer1000: number;
  /** The true rate lies below this with 95 % confidence. */
  readonly falsePer1000AtMost: number;
  readonly planted: readonly PlantedResult[];
}

export interface PlantedResult {
  readonly change: PlantedChange;
  /** 0: no signal of the profile can change so. */
  readonly trials: number;
  /** Trials in which an incident on the changed signal opened within 50 windows. */
  readonly found: number;
  /** Windows from the change to the incident, median of those found; null: none was. */
  readonly medianWindows: number | null;
  /** Trials in which the changed signal had the strongest evidence of what opened first. */
  readonly namedRight: number;
}

const CHANGES: readonly PlantedChange[] = [
  { kind: 'shift', sd: 0.1 },
  { kind: 'shift', sd: 0.2 },
  { kind: 'shift', sd: 0.5 },
  { kind: 'missing', share: 0.05 },
  { kind: 'unseen', share: 0.02 },
];
/** Unchanged windows are compared with so many references, each for as many windows. */
const REFERENCES = 10;
/** Unchanged windows before a change, so that it meets a detector that runs. */
const BEFORE = 3;
const MOST_WINDOWS = 50;

/**
 * Measures how often the detector, as configured, is wrong and how fast it is, by simulation: windows drawn from the
 * profile's own counts, signal by signal, and the same with changes planted in one signal. What unchanged windows are compared with is
 * drawn anew, too, so that a reference of few rows shows its false alarms.
 *
 * @param random numbers in [0, 1)
 * @throws AppError `PROFILE_INVALID` where a floor asks for what the profile does not hold
 */
export function selfTest(profile: ReferenceProfile, settings: SelfTestSettings, random: () => number): SelfTestReport {
  const { rows, windows, trials } = settings;
  const signals = ruledSignals(signalTable(profile), profile, settings);
  const simulate = (against = signals): SimulatedWindows => new SimulatedWindows(profile, against, rows, random);
  const falseIncidents = countFalse(() => simulate(redrawn(profile, signals, random)), windows);
  return {
    rows,
    windows,
    signals: signals.length,
    falseIncidents,
    falsePer1000: (1000 * falseIncidents) / windows,
    falsePer1000AtMost: (1000 * upperLimit(falseIncidents)) / windows,
    planted: CHANGES.map((change) => planted(change, slotsOf(profile, change), trials, simulate)),
  };
}

function countFalse(simulate: () => SimulatedWindows, windows: number): number {
  const each = Math.ceil(windows / REFERENCES);
  let simulation = simulate();
  let count = 0;
  for (let window = 0; window < windows; window++) {
    if (window > 0 && window % each === 0) simulation = simulate();
    count += simulation.next().length;
  }
  return count;
}

/** Of a Poisson mean, given one count: Garwood (1936). */
function upperLimit(count: number): number {
  return quantile(0.95, 2 * (count + 1)) / 2;
}

function slotsOf({ features, outputs }: ReferenceProfile, change: PlantedChange): readonly number[] {
  return [...features, ...outputs].flatMap((signal, slot) => (canChange(signal, change) ? [slot] : []));
}

function planted(
  change: PlantedChange,
  slots: readonly number[],
  trials: number,
  simulate: () => SimulatedWindows,
): PlantedResult {
  if (slots.length === 0) return { change, trials: 0, found: 0, medianWindows: null, namedRight: 0 };
  const delays: number[] = [];
  let namedRight = 0;
  for (let trial = 0; trial < trials; trial++) {
    const { delay, named } = onePlanted(change, slots[trial % slots.length] as number, simulate());
    if (delay !== null) delays.push(delay);
    namedRight += Number(named);
  }
  const ascending = delays.toSorted((a, b) => a - b);
  return {
    change,
    trials,
    found: delays.length,
    medianWindows: ascending[(delays.length - 1) >> 1] ?? null,
    namedRight,
  };
}

function onePlanted(change: PlantedChange, slot: number, simulation: SimulatedWindows) {
  for (let window = 0; window < BEFORE; window++) simulation.next();
  simulation.plant(slot, change);
  let named: boolean | null = null;
  for (let delay = 1; delay <= MOST_WINDOWS; delay++) {
    const opened = simulation.next();
    if (opened.length > 0) named ??= opened[0]?.slot === slot;
    if (opened.some((incident) => incident.slot === slot)) return { delay, named };
  }
  return { delay: null, named: false };
}
