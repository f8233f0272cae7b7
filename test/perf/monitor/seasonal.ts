import {
  buildProfile,
  closeWindow,
  hourOfWeek,
  HOURS_OF_WEEK,
  ruledSignals,
  seasonalSignal,
  signalTable,
  UNWATCHED,
  weigh,
  WindowCounts,
  type RuledSignal,
  type SignalWatch,
} from '@millrace/drift';

import { FEATURES, RowSource } from './row-source.ts';

const HOUR = 3_600_000;
const WEEK = HOURS_OF_WEEK * HOUR;
/** Monday, 5 January 1970. */
const MONDAY = 4 * 24 * HOUR;
const WEEKS = 8;

/** Rows whose means and rate go with the time of day and the weekend, each feature's more than those before it; x0's do not. */
class Calendar {
  readonly #source: RowSource;
  readonly #hourOf = hourOfWeek('UTC');

  constructor(seed: number) {
    this.#source = new RowSource(seed);
  }

  /** A row of a stretch of time. */
  next(from: number, lengthMs: number) {
    const at = this.#at(from, lengthMs);
    const hour = this.#hourOf(at);
    const season = Math.sin((Math.PI * hour) / 12) + (hour >= 120 ? 0.5 : 0);
    const vector = this.#source.next();
    for (let i = 0; i < FEATURES; i++) vector[i] = (vector[i] as number) + (1.5 * season * i) / FEATURES;
    return { at, hour, vector };
  }

  /** By day comes nine times as much as by night. */
  #at(from: number, lengthMs: number): number {
    for (;;) {
      const at = from + Math.floor(this.#source.random() * lengthMs);
      if (this.#source.random() * 1.8 < 1 + 0.8 * Math.sin(1 + (Math.PI * this.#hourOf(at)) / 12)) return at;
    }
  }
}

export interface SeasonalRun {
  /** Rows of the profile's sample, of 8 weeks. */
  readonly reference: number;
  readonly hours: number;
  readonly rows: number;
  readonly windows: number;
  /** Of x0, which has no season, and x19, which has the most, from the first window on. */
  readonly shift?: { readonly feature: number; readonly sd: number };
}

/** What one stream of windows says, compared by hour of the week, and with the whole reference. */
export function watchSeason(run: SeasonalRun, seed: number) {
  const calendar = new Calendar(seed);
  const sample = Array.from({ length: run.reference }, () => {
    const { at, vector } = calendar.next(MONDAY, WEEKS * WEEK);
    return { at, label: null, vector: vector.slice(), outputs: [] };
  });
  const features = Array.from({ length: FEATURES }, (_, i) => ({ name: `x${i}`, categories: null }));
  const window = { everyMs: run.hours * HOUR, rows: null, starts: null, zone: 'UTC', minRows: 1, atMostMs: WEEK };
  const profile = buildProfile({ model: 'm', version: '1', features, outputs: [], window, seasonal: true }, sample);
  const table = signalTable(profile);
  const rule = { floor: 0.1, runLength: 1000, persistence: 2, remindMs: WEEK };
  const settings = { window, floors: new Map<string, number>(), ...rule };
  const signals = ruledSignals(table, profile, settings);
  const watched = { byHour: new Watched(signals, true, run), whole: new Watched(signals, false, run) };
  for (let i = 0; i < run.windows && watched.byHour.found === null; i++) {
    const [counts, hours] = [new WindowCounts(table), Array.from({ length: HOURS_OF_WEEK }, () => 0)];
    for (let row = 0; row < run.rows; row++) {
      const { hour, vector } = calendar.next(MONDAY + i * run.hours * HOUR, run.hours * HOUR);
      const { feature, sd } = run.shift ?? { feature: 0, sd: 0 };
      vector[feature] = (vector[feature] as number) + sd;
      counts.add(vector, []);
      hours[hour] = (hours[hour] as number) + 1;
    }
    for (const one of Object.values(watched)) one.close(counts, hours, i);
  }
  return watched;
}

/** One detector per signal. */
class Watched {
  incidents = 0;
  /** Of all signals and windows, how often the PSI lay beyond its null quantile. */
  beyond = 0;
  /** Windows until the incident on the shifted feature. */
  found: number | null = null;
  readonly #signals: readonly RuledSignal[];
  readonly #seasonal: boolean;
  readonly #run: SeasonalRun;
  readonly #watches: SignalWatch[];

  constructor(signals: readonly RuledSignal[], seasonal: boolean, run: SeasonalRun) {
    this.#signals = signals;
    this.#seasonal = seasonal;
    this.#run = run;
    this.#watches = signals.map(() => UNWATCHED);
  }

  close({ rows, counts }: WindowCounts, hours: readonly number[], number: number): void {
    const features = this.#signals.filter(({ signal }) => !signal.name.includes('.'));
    this.#signals.forEach(({ signal: watched, rule }, i) => {
      const signal = this.#seasonal ? seasonalSignal(watched, { rows, hours }) : watched;
      const evidence = weigh(signal, counts[signal.slot] as Uint32Array);
      const { watch, event } = closeWindow(
        this.#watches[i] as SignalWatch,
        evidence,
        { start: number, end: number + 1 },
        rule,
      );
      this.#watches[i] = watch;
      if (evidence.psi > evidence.nullQuantile) this.beyond += 1 / (features.length * this.#run.windows);
      if (event !== 'opened') return;
      this.incidents++;
      if (signal.name === `x${this.#run.shift?.feature}`) this.found ??= number + 1;
    });
  }
}
