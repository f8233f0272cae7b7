import { signalTable, weigh, WindowCounts, type ReferenceProfile, type SignalTable } from '@millrace/drift';

import { distancesOf } from './distances.ts';
import type { ReferenceColumn } from './reference-column.ts';
import { ROC_DETECTORS, type Scorer } from './roc-detectors.ts';

/** What windows are compared with: by ours, and by others. */
export interface RocReference {
  readonly profile: ReferenceProfile;
  /** By feature. */
  readonly columns: readonly ReferenceColumn[];
}

/** Of one window, the scores of each detector on each watched signal. */
export type Scores = readonly (readonly number[])[];

/** A stream of windows, filled row by row, as every detector scores them. */
export class WindowScores {
  readonly table: SignalTable;
  readonly #references: readonly ReferenceColumn[];
  readonly #columns: readonly Float64Array[];
  readonly #scorers: readonly (readonly Scorer[])[];
  #counts: WindowCounts;

  constructor({ profile, columns }: RocReference, rows: number) {
    this.table = signalTable(profile);
    this.#references = columns;
    this.#columns = columns.map(() => new Float64Array(rows));
    this.#scorers = Object.values(ROC_DETECTORS).map((start) => this.table.watched.map(start));
    this.#counts = new WindowCounts(this.table);
  }

  add(vector: Float32Array): void {
    for (let i = 0; i < vector.length; i++) (this.#columns[i] as Float64Array)[this.#counts.rows] = vector[i] as number;
    this.#counts.add(vector, []);
  }

  close(): Scores {
    const distances = this.#references.map((reference, i) => distancesOf(reference, this.#columns[i] as Float64Array));
    const windows = this.table.watched.map((signal) => ({
      evidence: weigh(signal, this.#counts.counts[signal.slot] as Uint32Array),
      distances: signal.scale ? (distances[signal.slot] ?? null) : null,
    }));
    this.#counts = new WindowCounts(this.table);
    return this.#scorers.map((scorers) => scorers.map((scorer, i) => scorer(windows[i] as (typeof windows)[number])));
  }
}
