import { WindowCounts, type WindowGrid } from '@millrace/drift';
import type { CountsDelta, ScoredRow } from '@millrace/records';

import type { MonitoredModel } from './monitored-model.ts';

interface Tally {
  readonly version: string;
  readonly variant: string;
  start: number;
  end: number;
  readonly counts: WindowCounts;
}

/** Counts the rows of one batch into one delta per (version, variant, window). */
export class RowCounter {
  /** Null: windows are cut by rows, and a delta spans the times that it holds. */
  readonly #grid: WindowGrid | null;
  readonly #tallies = new Map<string, Tally>();

  constructor(grid: WindowGrid | null) {
    this.#grid = grid;
  }

  add(row: ScoredRow, model: MonitoredModel): void {
    const { version, variant, at } = row;
    const span = this.#grid?.spanOf(at) ?? { start: at, end: at + 1 };
    const key = JSON.stringify([version, variant, this.#grid && span.start]);
    let tally = this.#tallies.get(key);
    if (!tally) this.#tallies.set(key, (tally = { version, variant, ...span, counts: new WindowCounts(model.table) }));
    tally.start = Math.min(tally.start, span.start);
    tally.end = Math.max(tally.end, span.end);
    tally.counts.add(row.vector, row.outputs);
  }

  deltas(): readonly CountsDelta[] {
    return [...this.#tallies.values()].map(({ version, variant, start, end, counts }) => {
      return { kind: 'delta', version, variant, start, end, rows: counts.rows, counts: counts.counts };
    });
  }
}
