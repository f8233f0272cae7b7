import type { SignalTable } from './watched-signals.ts';

/** Counts of rows on a profile's bins, one array per slot. Merges by addition. */
export class WindowCounts {
  readonly counts: readonly Uint32Array[];
  readonly #table: SignalTable;
  rows = 0;

  constructor(table: SignalTable) {
    this.#table = table;
    this.counts = table.slots.map(({ bins }) => new Uint32Array(bins.size));
  }

  /** Counts one row: its vector, and its outputs behind it. */
  add(vector: ArrayLike<number>, outputs: ArrayLike<number>): void {
    this.rows++;
    this.#table.slots.forEach(({ bins }, slot) => {
      const value = slot < vector.length ? vector[slot] : outputs[slot - vector.length];
      const bin = bins.indexOf(value ?? Number.NaN);
      const counts = this.counts[slot] as Uint32Array;
      counts[bin] = (counts[bin] as number) + 1;
    });
  }
}
