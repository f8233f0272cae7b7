import type { Journal } from '@millrace/core';
import type { CarriedRow, OutcomeRow, ScoredRow } from '@millrace/records';

/** One side of a pair that waits for the other, or, once they met, its id and time alone. */
interface Held<T> {
  readonly offset: number;
  readonly at: number;
  /** Nobody needs it when the clocks have passed this: its time + `within`, of a pair the later of the two. */
  untilMs: number;
  /** Null once matched: the id stays, so that a second one is known for what it is. */
  waiting: T | null;
}

/** A scored row with the trace that it came with, if it is sampled. */
export interface TracedRow {
  readonly row: ScoredRow | CarriedRow;
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
  /** Where both clocks stand, as of the latest commit. */
  #clock = -Infinity;

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
    const held: Held<TracedRow> = { offset, at, untilMs: at + this.#withinMs, waiting: traced };
    this.#insert(this.#rows, id, held);
    const outcome = this.#outcomes.get(id);
    return { match: this.#meet(held, outcome, outcome) };
  }

  /** The match that it completes, if any; an outcome of an id that is here already changes nothing. */
  addOutcome(offset: number, outcome: OutcomeRow): Match | null {
    if (this.#outcomes.has(outcome.id)) return null;
    const { id, at } = outcome;
    const held: Held<OutcomeRow> = { offset, at, untilMs: at + this.#withinMs, waiting: outcome };
    this.#insert(this.#outcomes, id, held);
    const row = this.#rows.get(id);
    return this.#meet(row, held, row);
  }

  /** What still waits for the other side. */
  waiting(): { readonly rows: readonly TracedRow[]; readonly outcomes: readonly OutcomeRow[] } {
    return { rows: waitingIn(this.#rows), outcomes: waitingIn(this.#outcomes) };
  }

  /** The least offsets of what is kept; null where nothing is. */
  keptFrom(): { readonly rows: number | null; readonly outcomes: number | null } {
    return { rows: firstOffset(this.#rows), outcomes: firstOffset(this.#outcomes) };
  }

  /** Drops from the front what both clocks have left behind. Pairs go together: one side alone would match again. */
  expire(clock: number): void {
    this.#clock = clock;
    for (const side of [this.#rows, this.#outcomes]) {
      for (const [id, { untilMs }] of side) {
        if (untilMs >= clock) break;
        side.delete(id);
      }
    }
  }

  #insert<T>(side: Map<string, Held<T>>, id: string, held: Held<T>): void {
    side.set(id, held);
    this.#journal.record(() => side.delete(id));
  }

  /**
   * Makes them a pair. No match where the one that was there had been left behind by the clocks and is held only because
   * of what lies before it: after a restart nobody could tell whether it had been matched already.
   */
  #meet(
    row: Held<TracedRow> | undefined,
    outcome: Held<OutcomeRow> | undefined,
    held: Held<unknown> | undefined,
  ): Match | null {
    if (!row?.waiting || !outcome?.waiting || Math.abs(outcome.at - row.at) > this.#withinMs) return null;
    const match = { traced: row.waiting, outcome: outcome.waiting };
    const isInTime = held !== undefined && held.untilMs >= this.#clock;
    const before = [row.untilMs, outcome.untilMs] as const;
    row.waiting = null;
    outcome.waiting = null;
    row.untilMs = outcome.untilMs = Math.max(...before);
    this.#journal.record(() => {
      row.waiting = match.traced;
      outcome.waiting = match.outcome;
      [row.untilMs, outcome.untilMs] = before;
    });
    return isInTime ? match : null;
  }
}

function waitingIn<T>(side: ReadonlyMap<string, Held<T>>): readonly T[] {
  return [...side.values()].flatMap(({ waiting }) => (waiting === null ? [] : [waiting]));
}

function firstOffset(side: ReadonlyMap<string, Held<unknown>>): number | null {
  for (const { offset } of side.values()) return offset;
  return null;
}
