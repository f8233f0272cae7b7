import {
  buildProfile,
  closeWindow,
  ruledSignals,
  signalTable,
  UNWATCHED,
  weigh,
  WindowCounts,
  type ReferenceProfile,
  type RuledSignal,
  type SignalTable,
  type SignalWatch,
  type WatchSettings,
} from '@millrace/drift';

import { FEATURES, REFERENCE_ROWS, RowSource } from './row-source.ts';

const HOUR = 3_600_000;
const WINDOW = { everyMs: HOUR, rows: null, starts: null, zone: 'UTC', minRows: 1, atMostMs: 24 * HOUR };

/** The profile of so many rows; the last feature may be a category of five values. */
export function referenceProfile(source: RowSource, category: boolean, size = REFERENCE_ROWS): ReferenceProfile {
  const rows = Array.from({ length: size }, () => {
    const vector = source.next().slice();
    if (category) vector[FEATURES - 1] = categoryOf(source);
    return { at: null, label: null, vector, outputs: [] };
  });
  const features = Array.from({ length: FEATURES }, (_, i) => ({
    name: `x${i}`,
    categories: category && i === FEATURES - 1 ? ['a', 'b', 'c', 'd', 'e'] : null,
  }));
  return buildProfile({ model: 'm', version: '1', features, outputs: [], window: WINDOW }, rows);
}

export function categoryOf({ random }: RowSource): number {
  return Math.floor(random() * 5);
}

/** `monitor.floor`, `monitor.persistence`. */
export type DetectorRule = Pick<WatchSettings, 'floor' | 'persistence'>;

/** The monitor's detector, as the service has it, over windows that are filled row by row. */
export class Detector {
  readonly table: SignalTable;
  readonly signals: readonly RuledSignal[];
  #watches: readonly SignalWatch[];
  #counts: WindowCounts;
  #closed = 0;

  constructor(profile: ReferenceProfile, rule: DetectorRule) {
    this.table = signalTable(profile);
    const settings = {
      window: WINDOW,
      floors: new Map<string, number>(),
      runLength: 1000,
      remindMs: 24 * HOUR,
      ...rule,
    };
    this.signals = ruledSignals(this.table, profile, settings);
    this.#watches = this.signals.map(() => UNWATCHED);
    this.#counts = new WindowCounts(this.table);
  }

  add(vector: Float32Array): void {
    this.#counts.add(vector, []);
  }

  /** @returns the signals on which an incident opens */
  close(): readonly string[] {
    const window = { start: this.#closed * HOUR, end: ++this.#closed * HOUR };
    const opened: string[] = [];
    this.#watches = this.signals.map(({ signal, rule }, i) => {
      const evidence = weigh(signal, this.#counts.counts[signal.slot] as Uint32Array);
      const { watch, event } = closeWindow(this.#watches[i] as SignalWatch, evidence, window, rule);
      if (event === 'opened') opened.push(signal.name);
      return watch;
    });
    this.#counts = new WindowCounts(this.table);
    return opened;
  }
}
