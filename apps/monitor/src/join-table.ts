import type { Journal } from '@millrace/core';
import type { OutcomeRow, ScoredRow } from '@millrace/records';

/** One side of a pair that waits for the other, or, once they met, its id and time alone. */
interface Held<T> {
  readonly offset: number;
  readonly at: number;
  /** Null once matched: the id stays, so that a second one is known for what it is. */
  waiting: T | null;
}

/** A scored row with the trace that it came with, if it is sampled. */
export interface TracedRow {
  readonly row: ScoredRow;
  readonly traceparent: string | undefined;
}

export interface Match {
  readonly traced: TracedRow;
  readonly outcome: OutcomeRow;
}

/**
 * What the join of one partition holds. Rows and outcomes match by id, the first in each topic's own order, whichever
 * comes first, when their times are at most `within` apart: so its results do not depend on how the topics interleave.
 */
export class JoinTable {
  readonly #withinMs: number;
  readonly #journal: Journal;
  // In the order of arrival, so of offsets: the first entry tells the least offset that is kept.
  readonly #rows = new Map<string, Held<TracedRow>>();
  readonly #outcomes = new Map<string, Held<OutcomeRow>>();

  constructor(withinMs: number, journal: Journal) {
    this.#withinMs = withinMs;
    this.#journal = journal;
  }

  get rows(): number {
    return this.#rows.size;
  }

  get outcomes(): number {
    return this.#outcomes.size;
  }

  /** Null where a row of this id is here already. */
  addRow(offset: number, traced: TracedRow): { readonly match: Match | null } | null {
    const { id, at } = traced.row;
    if (this.#rows.has(id)) return null;
    const held: Held<TracedRow> = { offset, at, waiting: traced };
    this.#insert(this.#rows, id, held);
    return { match: this.#meet(held, this.#outcomes.get(id)) };
  }

  /** The match that it completes, if any; an outcome of an id that is here already changes nothing. */
  addOutcome(offset: number, outcome: OutcomeRow): Match | null {
    if (this.#outcomes.has(outcome.id)) return null;
    const held: Held<OutcomeRow> = { offset, at: outcome.at, waiting: outcome };
    this.#insert(this.#outcomes, outcome.id, held);
    return this.#meet(this.#rows.get(outcome.id), held);
  }

  /** The least offsets of what is kept; null where nothing is. */
  keptFrom(): { readonly rows: number | null; readonly outcomes: number | null } {
    return { rows: firstOffset(this.#rows), outcomes: firstOffset(this.#outcomes) };
  }

  /** Drops from the front what both clocks have left behind: its time + `within` lies before `clock`. */
  expire(clock: number): void {
    for (const side of [this.#rows, this.#outcomes]) {
      for (const [id, { at }] of side) {
        if (at + this.#withinMs >= clock) break;
        side.delete(id);
      }
    }
  }

  #insert<T>(side: Map<string, Held<T>>, id: string, held: Held<T>): void {
    side.set(id, held);
    this.#journal.record(() => side.delete(id));
  }

  #meet(row: Held<TracedRow> | undefined, outcome: Held<OutcomeRow> | undefined): Match | null {
    if (!row?.waiting || !outcome?.waiting || Math.abs(outcome.at - row.at) > this.#withinMs) return null;
    const match = { traced: row.waiting, outcome: outcome.waiting };
    row.waiting = null;
    outcome.waiting = null;
    this.#journal.record(() => {
      row.waiting = match.traced;
      outcome.waiting = match.outcome;
    });
    return match;
  }
}

function firstOffset(side: ReadonlyMap<string, Held<unknown>>): number | null {
  for (const { offset } of side.values()) return offset;
  return null;
}
