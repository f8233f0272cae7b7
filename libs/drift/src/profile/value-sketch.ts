/**
 * How often values came, as integers that merge: `[missing, non-finite, level, cell, count, cell, count, …]`, cells
 * ascending. A cell of level 0 is one float32, and each level joins two neighbours. A sketch has the least level at which it
 * has no more cells than it may, so that it is the same in whatever order, and in however many parts, its values came.
 * Level −1: every value is kept, as those of a category are, which are few.
 */
export type SketchCounts = readonly number[];

/** Over all signals of a model: some 100 kB as JSON. */
const CELLS = 12_000;
const MOST = 128;
const LEAST = 16;
const KEPT_WHOLE = -1;
const HEAD = 3;

/** How many cells each of so many signals may have. */
export function cellsOfEach(signals: number): number {
  return Math.max(LEAST, Math.min(MOST, Math.floor(CELLS / signals)));
}

/** Counts the values of one signal. */
export class ValueSketch {
  readonly #level: number;
  readonly #cells = new Map<number, number>();
  #missing = 0;
  #nonFinite = 0;

  /** @param whole every value is kept */
  constructor(whole: boolean) {
    this.#level = whole ? KEPT_WHOLE : 0;
  }

  add(value: number): void {
    const single = Math.fround(value);
    if (Number.isNaN(single)) this.#missing++;
    else if (!Number.isFinite(single)) this.#nonFinite++;
    else {
      const cell = cellOf(single);
      this.#cells.set(cell, (this.#cells.get(cell) ?? 0) + 1);
    }
  }

  counts(most: number): SketchCounts {
    return written(this.#missing, this.#nonFinite, narrowed(this.#level, this.#cells, most));
  }
}

/** Both sketches of a signal as one. */
export function mergedSketch(a: SketchCounts, b: SketchCounts, most: number): SketchCounts {
  const level = Math.max(levelOf(a), levelOf(b));
  const cells = new Map<number, number>();
  for (const sketch of [a, b]) addCells(cells, sketch, level);
  return written(missingOf(a) + missingOf(b), nonFiniteOf(a) + nonFiniteOf(b), narrowed(level, cells, most));
}

/** The finite values, each cell as the largest that is in it, ascending, with their counts. */
export function valuesOf(sketch: SketchCounts): readonly (readonly [value: number, count: number])[] {
  const width = 2 ** Math.max(0, levelOf(sketch));
  const values: [number, number][] = [];
  for (let at = HEAD; at < sketch.length; at += 2)
    values.push([valueOf(((sketch[at] as number) + 1) * width - 1), sketch[at + 1] as number]);
  return values;
}

export function missingOf([missing = 0]: SketchCounts): number {
  return missing;
}

export function nonFiniteOf([, nonFinite = 0]: SketchCounts): number {
  return nonFinite;
}

interface Cells {
  readonly level: number;
  readonly cells: ReadonlyMap<number, number>;
}

/** Levels are raised until there are few enough cells. */
function narrowed(level: number, cells: ReadonlyMap<number, number>, most: number): Cells {
  if (level === KEPT_WHOLE || cells.size <= most) return { level, cells };
  const halved = new Map<number, number>();
  for (const [cell, count] of cells) {
    const wider = Math.floor(cell / 2);
    halved.set(wider, (halved.get(wider) ?? 0) + count);
  }
  return narrowed(level + 1, halved, most);
}

function written(missing: number, nonFinite: number, { level, cells }: Cells): SketchCounts {
  return [missing, nonFinite, level, ...[...cells].toSorted(([a], [b]) => a - b).flat()];
}

function addCells(cells: Map<number, number>, sketch: SketchCounts, level: number): void {
  const width = 2 ** (level - levelOf(sketch));
  for (let at = HEAD; at < sketch.length; at += 2) {
    const cell = Math.floor((sketch[at] as number) / width);
    cells.set(cell, (cells.get(cell) ?? 0) + (sketch[at + 1] as number));
  }
}

function levelOf(sketch: SketchCounts): number {
  return sketch[2] ?? 0;
}

const BITS = new DataView(new ArrayBuffer(4));
const SIGN = 0x8000_0000;

/** The bits of a float32, turned so that they ascend with it. */
function cellOf(value: number): number {
  BITS.setFloat32(0, value === 0 ? 0 : value); // −0 is 0
  const bits = BITS.getUint32(0);
  return bits >= SIGN ? 2 * SIGN - 1 - bits : bits + SIGN;
}

function valueOf(cell: number): number {
  BITS.setUint32(0, cell >= SIGN ? cell - SIGN : 2 * SIGN - 1 - cell);
  return BITS.getFloat32(0);
}
