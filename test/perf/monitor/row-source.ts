import { seededRandom } from '@millrace/core';

export const FEATURES = 20;
/** Windows are compared with the profile of so many rows. */
export const REFERENCE_ROWS = 10_000;

/** Rows of 20 independent standard normal features, the same for the same seed; one array, filled anew for each row. */
export class RowSource {
  readonly row = new Float32Array(FEATURES);
  readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** Box and Muller (1958). */
  next(): Float32Array {
    for (let i = 0; i < FEATURES; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.random()));
      const angle = 2 * Math.PI * this.random();
      this.row[i] = radius * Math.cos(angle);
      this.row[i + 1] = radius * Math.sin(angle);
    }
    return this.row;
  }
}
