import type { SignalTable } from './watched-signals.ts';

/** Counts of rows on a profile's bins, one array per slot. Merges by addition. */
export class WindowCounts {
  readonly counts: readonly Uint32Array[];
  /** By slot, finite values below the reference's least, and behind it those above its largest. */
  readonly outside: Uint32Array;
  readonly #table: SignalTable;
  rows = 0;

  constructor(table: SignalTable) {
    this.#table = table;
    this.outside = new Uint32Array(2 * table.slots.length);
    this.counts = table.slots.map(({ bins }) => new Uint32Array(bins.size));
  }

  /** Counts one row: its vector, and its outputs behind it. */
  add(vector: ArrayLike<number>, outputs: ArrayLike<number>): void {
    this.rows++;
    this.#table.slots.forEach(({ bins, range }, slot) => {
      const value = (slot < vector.length ? vector[slot] : outputs[slot - vector.length]) ?? Number.NaN;
      const bin = bins.indexOf(value);
      const counts = this.counts[slot] as Uint32Array;
      counts[bin] = (counts[bin] as number) + 1;
      if (range && Number.isFinite(value)) this.#compare(value, range, 2 * slot);
    });
  }

  #compare(value: number, [min, max]: readonly [number, number], place: number): void {
    if (value >= min && value <= max) return;
    const at = value < min ? place : place + 1;
    this.outside[at] = (this.outside[at] as number) + 1;
  }
}
