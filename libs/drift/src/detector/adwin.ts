/** 2^row values; a row holds at most 5 before its two oldest become one of the next row. */
interface Bucket {
  readonly total: number;
  /** Sum of squared deviations from the bucket's own mean. */
  readonly variance: number;
}

/** JSON as it is. */
export interface AdwinState {
  readonly delta: number;
  /** Row by row, newest values in row 0; in a row the oldest first. */
  readonly rows: readonly (readonly Bucket[])[];
}

const CLOCK = 32;
const MIN_WINDOW = 5;
const MAX_BUCKETS = 5;

/**
 * ADWIN: a window of values that grows while it agrees with itself, and says so when, at any cut, the means of older and
 * newer values differ by more than chance allows. O(log n) memory. Looks at every 32nd value, and
 * begins anew after a change, as River does.
 *
 * Source: Bifet, Gavaldà, Learning from Time-Changing Data with Adaptive Windowing (2007), with the settings and the
 * cut of River (clock 32, which makes a grace of 10 moot; at least 5 values on either side).
 *
 * ```ts
 * const adwin = new Adwin();
 * for (let i = 0; i < 500; i++) adwin.update(0);
 * Array.from({ length: 64 }, () => adwin.update(1)).indexOf(true); // 11
 * ```
 */
export class Adwin {
  #rows: Bucket[][];
  readonly #delta: number;

  constructor({ delta, rows }: AdwinState = { delta: 0.002, rows: [[]] }) {
    this.#delta = delta;
    this.#rows = rows.map((row) => [...row]);
  }

  /** @returns whether the mean has changed with this value, which must be finite */
  update(value: number): boolean {
    (this.#rows[0] as Bucket[]).push({ total: value, variance: 0 });
    this.#compress();
    const { width } = this;
    if (width % CLOCK !== 0 || !this.#differs(width)) return false;
    this.#rows = [[]];
    return true;
  }

  /** Values in the window. */
  get width(): number {
    return this.#rows.reduce((sum, row, size) => sum + row.length * 2 ** size, 0);
  }

  toJSON(): AdwinState {
    return { delta: this.#delta, rows: this.#rows };
  }

  #compress(): void {
    for (let size = 0; size < this.#rows.length; size++) {
      const row = this.#rows[size] as Bucket[];
      if (row.length <= MAX_BUCKETS) return;
      const [first, second] = row.splice(0, 2) as [Bucket, Bucket];
      (this.#rows[size + 1] ??= []).push(merged(first, 2 ** size, second, 2 ** size));
    }
  }

  /** Is there a cut with means too far apart? */
  #differs(n: number): boolean {
    const whole = this.#whole();
    const likelihood = Math.log((2 * Math.log(n)) / this.#delta);
    let [older, sum] = [0, 0];
    for (const [{ total }, size] of this.#ascending()) {
      older += size;
      sum += total;
      const newer = n - older;
      if (newer < MIN_WINDOW) return false;
      if (older < MIN_WINDOW) continue;
      const inverse = 1 / (older - MIN_WINDOW + 1) + 1 / (newer - MIN_WINDOW + 1);
      const allowed = Math.sqrt((2 * inverse * whole.variance * likelihood) / n) + (2 / 3) * likelihood * inverse;
      if (Math.abs(sum / older - (whole.total - sum) / newer) > allowed) return true;
    }
    return false;
  }

  #whole(): Bucket {
    let all: Bucket = { total: 0, variance: 0 };
    let before = 0;
    for (const [bucket, size] of this.#ascending()) {
      all = before === 0 ? bucket : merged(all, before, bucket, size);
      before += size;
    }
    return all;
  }

  /** Oldest first, each with the number of its values. */
  #ascending(): readonly (readonly [Bucket, number])[] {
    return this.#rows
      .flatMap((row, size) => row.map((bucket) => [bucket, 2 ** size] as const).toReversed())
      .toReversed();
  }
}

function merged(a: Bucket, n: number, b: Bucket, m: number): Bucket {
  const apart = a.total / n - b.total / m;
  return { total: a.total + b.total, variance: a.variance + b.variance + (n * m * apart * apart) / (n + m) };
}
