import type { Segment } from './submission.ts';

/** Where rows wait: a line, or several that take turns. */
export interface Line<Row, Result> {
  readonly rows: number;
  /** Takes at most so many of the rows, in order, and says how many. */
  take(most: number, into: Segment<Row, Result>[]): number;
}

/** A line, and how many rows a turn of it has. */
export interface Share<Row, Result> {
  readonly line: Line<Row, Result>;
  readonly rows: number;
}

/**
 * Lines that take turns (weighted round robin over rows; rows are of one size, so nobody has a deficit): of lines in
 * which rows wait all the time, each gets its share, but for one turn, however the turns fall into batches. A line that
 * waits alone takes all; then turns begin again with the first line.
 */
export class Turns<Row, Result> implements Line<Row, Result> {
  readonly #shares: readonly Share<Row, Result>[];
  #turn = 0;
  /** Rows left of this turn. */
  #left: number;

  constructor(shares: readonly Share<Row, Result>[]) {
    this.#shares = shares;
    this.#left = shares[0]?.rows ?? 0;
  }

  get rows(): number {
    let sum = 0;
    for (const { line } of this.#shares) sum += line.rows;
    return sum;
  }

  take(most: number, into: Segment<Row, Result>[]): number {
    let taken = 0;
    while (taken < most && this.#severalWait()) taken += this.#takeTurn(most - taken, into);
    return taken < most ? taken + this.#takeAlone(most - taken, into) : taken;
  }

  #severalWait(): boolean {
    let waiting = 0;
    for (const { line } of this.#shares) if (line.rows > 0 && ++waiting > 1) return true;
    return false;
  }

  #takeAlone(most: number, into: Segment<Row, Result>[]): number {
    this.#begin(0);
    for (const { line } of this.#shares) if (line.rows > 0) return line.take(most, into);
    return 0;
  }

  /** 0 where it is the turn of a line in which nothing waits. */
  #takeTurn(most: number, into: Segment<Row, Result>[]): number {
    const { line } = this.#shares[this.#turn] as Share<Row, Result>;
    const taken = line.take(Math.min(most, this.#left), into);
    this.#left -= taken;
    if (this.#left === 0 || line.rows === 0) this.#begin((this.#turn + 1) % this.#shares.length);
    return taken;
  }

  #begin(turn: number): void {
    this.#turn = turn;
    this.#left = this.#shares[turn]?.rows ?? 0;
  }
}
