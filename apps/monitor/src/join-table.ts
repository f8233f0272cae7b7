import type { Journal } from '@millrace/core';
import type { CarriedRow, OutcomeRow, ScoredRow } from '@millrace/records';

import { isSampled, smaller } from './id-sample.ts';

/** What an entry takes besides its own contents, measured; of contents the id, and what waits. */
const ENTRY_BYTES = 250;
const BYTES_PER_NUMBER = 8;

/** One side of a pair that waits for the other, or, once they met, its id and time alone. */
interface Held<T> {
  readonly offset: number;
  readonly at: number;
  /** Nobody needs it when the clocks have passed this: its time + `within`, of a pair the later of the two. */
  untilMs: number;
  /** Null once matched: the id stays, so that a second one is known for what it is. */
  waiting: T | null;
  /** About what it takes in memory. */
  bytes: number;
  /** Of an outcome: stays, so that a second one that says otherwise is known for what it is. */
  readonly label?: number;
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

/** Whether a row is held, and the match that it completes, if any. */
export interface AddedRow {
  readonly match: Match | null;
  readonly sampled: boolean;
}

/**
 * What the join of one partition holds. Rows and outcomes match by id, the first in each topic's own order, whichever
 * comes first, when their times are at most `within` apart: so its results do not depend on how the topics interleave.
 */
export class JoinTable {
  readonly #withinMs: number;
  readonly #budgetBytes: number;
  readonly #journal: Journal;
  #bytes = 0;
  /** Which ids are held: all at 0 (`id-sample.ts`). */
  #level = 0;
  // In the order of arrival, so of offsets: the first entry tells the least offset that is kept.
  readonly #rows = new Map<string, Held<TracedRow>>();
  readonly #outcomes = new Map<string, Held<OutcomeRow>>();
  /** Where both clocks stand, as of the latest commit. */
  #clock = -Infinity;

  constructor(withinMs: number, budgetBytes: number, journal: Journal) {
    this.#withinMs = withinMs;
    this.#budgetBytes = budgetBytes;
    this.#journal = journal;
  }

  get rows(): number {
    return this.#rows.size;
  }

  get outcomes(): number {
    return this.#outcomes.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get level(): number {
    return this.#level;
  }

  /** Null where a row of this id is here already. One that is not sampled is not held. */
  addRow(offset: number, traced: TracedRow): AddedRow | null {
    const { id, at } = traced.row;
    if (this.#rows.has(id)) return null;
    if (!isSampled(id, this.#level)) return { match: null, sampled: false };
    const bytes = ENTRY_BYTES + 2 * id.length + sizeOf(traced.row);
    const held: Held<TracedRow> = { offset, at, untilMs: at + this.#withinMs, waiting: traced, bytes };
    this.#insert(this.#rows, id, held);
    const outcome = this.#outcomes.get(id);
    return { match: this.#meet(held, outcome, outcome), sampled: true };
  }

  /** The match that it completes, if any; an outcome of an id that is here already changes nothing. */
  addOutcome(offset: number, outcome: OutcomeRow): Match | null {
    const { id, at, label } = outcome;
    if (this.#outcomes.has(id) || !isSampled(id, this.#level)) return null;
    const bytes = ENTRY_BYTES + 2 * id.length;
    const held = { offset, at, untilMs: at + this.#withinMs, waiting: outcome, bytes, label };
    this.#insert(this.#outcomes, id, held);
    const row = this.#rows.get(id);
    return this.#meet(row, held, row);
  }

  /** Whether the outcome of this id that is held, if any, has another label. */
  contradicts({ id, label }: OutcomeRow): boolean {
    const held = this.#outcomes.get(id);
    return held !== undefined && held.label !== label;
  }

  /**
   * While it takes more than its budget, goes over to a smaller sample of ids and gives up the others.
   *
   * @returns the rows given up that had no outcome yet
   */
  shrink(): readonly TracedRow[] {
    const given: TracedRow[] = [];
    while (this.#bytes > this.#budgetBytes && smaller(this.#level) > this.#level) {
      const before = this.#level;
      this.#journal.record(() => (this.#level = before));
      this.#level = smaller(before);
      given.push(...this.#giveUp(this.#rows));
      this.#giveUp(this.#outcomes);
    }
    return given;
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
        this.#bytes -= side.get(id)?.bytes ?? 0;
        side.delete(id);
      }
    }
    if (this.#rows.size === 0 && this.#outcomes.size === 0) this.#level = 0;
  }

  /** As a marker says. */
  loadLevel(level: number): void {
    this.#level = level;
  }

  #giveUp<T>(side: Map<string, Held<T>>): readonly T[] {
    const before = [...side];
    const bytes = this.#bytes;
    this.#journal.record(() => {
      side.clear();
      for (const [id, held] of before) side.set(id, held); // in their order again
      this.#bytes = bytes;
    });
    const given = before.filter(([id]) => !isSampled(id, this.#level));
    for (const [id, held] of given) {
      side.delete(id);
      this.#bytes -= held.bytes;
    }
    return given.flatMap(([, { waiting }]) => (waiting === null ? [] : [waiting]));
  }

  #insert<T>(side: Map<string, Held<T>>, id: string, held: Held<T>): void {
    side.set(id, held);
    this.#bytes += held.bytes;
    this.#journal.record(() => {
      side.delete(id);
      this.#bytes -= held.bytes;
    });
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
    const freed = sizeOf(match.traced.row);
    row.waiting = null;
    outcome.waiting = null;
    row.untilMs = outcome.untilMs = Math.max(...before);
    row.bytes -= freed;
    this.#bytes -= freed;
    this.#journal.record(() => {
      row.waiting = match.traced;
      outcome.waiting = match.outcome;
      [row.untilMs, outcome.untilMs] = before;
      row.bytes += freed;
      this.#bytes += freed;
    });
    return isInTime ? match : null;
  }
}

/** About what a row that waits takes. */
function sizeOf(row: ScoredRow | CarriedRow): number {
  const contents =
    row.kind === 'carried' ? row.prediction.length : row.vector.length + row.outputs.length + (row.lost?.length ?? 0);
  return ENTRY_BYTES + BYTES_PER_NUMBER * contents;
}

function waitingIn<T>(side: ReadonlyMap<string, Held<T>>): readonly T[] {
  return [...side.values()].flatMap(({ waiting }) => (waiting === null ? [] : [waiting]));
}

function firstOffset(side: ReadonlyMap<string, Held<unknown>>): number | null {
  for (const { offset } of side.values()) return offset;
  return null;
}
