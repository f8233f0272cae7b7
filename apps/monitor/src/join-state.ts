import { JournaledState } from '@millrace/core';
import {
  decodeOutcomesRecord,
  decodeScoredRecord,
  NOTHING_FOLLOWS,
  partitionKey,
  type InboundRecord,
  type OutcomesRecord,
  type ScoredRecord,
  type TopicPartition,
} from '@millrace/records';
import type { StateMarker, TaskState } from '@millrace/stream';

import { TopicClock, type Tidings } from './join-clocks.ts';
import { JoinTable, type AddedRow, type TracedRow } from './join-table.ts';

export interface JoinTopics {
  readonly scored: string;
  /** Null where the pipeline has no outcomes. */
  readonly outcomes: string | null;
}

/** The state of one partition of the join: the pairs still open, and how far its two topics have come. */
export class JoinState extends JournaledState implements TaskState {
  readonly table: JoinTable;
  readonly scored = new TopicClock();
  readonly outcomes = new TopicClock();
  readonly #topics: JoinTopics;

  /** @param budgetBytes what its table may take */
  constructor(topics: JoinTopics, withinMs: number, budgetBytes: number) {
    super();
    this.#topics = topics;
    this.table = new JoinTable(withinMs, budgetBytes, this.journal);
  }

  /** Nothing follows in its topics: another feature set has taken over. */
  get isOver(): boolean {
    const clocks = this.#topics.outcomes === null ? [this.scored] : [this.scored, this.outcomes];
    return clocks.every(({ at }) => at === NOTHING_FOLLOWS);
  }

  advance(clock: TopicClock, speaker: number, tidings: Tidings): void {
    this.journal.record(clock.advance(speaker, tidings));
  }

  /** Null where a row of this id is here already. Without outcomes nothing is ever kept. */
  addRow(offset: number, traced: TracedRow): AddedRow | null {
    return this.#topics.outcomes === null ? { match: null, sampled: true } : this.table.addRow(offset, traced);
  }

  override settle(): void {
    super.settle();
    if (this.scored.at !== null && this.outcomes.at !== null)
      this.table.expire(Math.min(this.scored.at, this.outcomes.at));
  }

  marker({ topic }: TopicPartition): StateMarker {
    const { rows, outcomes } = this.table.keptFrom();
    if (topic === this.#topics.scored) return { keepFrom: rows, body: this.scored.encode(this.table.level) };
    return { keepFrom: outcomes, body: this.outcomes.encode() };
  }

  load(bodies: ReadonlyMap<string, Uint8Array>): void {
    for (const [key, body] of bodies) {
      if (this.#isScored(key)) this.table.loadLevel(this.scored.load(body));
      else this.outcomes.load(body);
    }
  }

  /** The clocks are the markers'; a pair whose both sides are read here was emitted then. */
  restore(records: readonly InboundRecord[]): void {
    for (const record of records) {
      if (record.topic === this.#topics.scored) this.#restoreRow(record);
      else this.#restoreOutcome(record);
    }
    this.journal.forget();
  }

  restored(): void {}

  #isScored(key: string): boolean {
    const partition = Number(key.slice(key.lastIndexOf('/') + 1));
    return key === partitionKey({ topic: this.#topics.scored, partition });
  }

  #restoreRow(record: InboundRecord): void {
    const row = readable<ScoredRecord>(record, decodeScoredRecord);
    if (row !== null && row.kind !== 'progress') this.addRow(record.offset, { row, traceparent: undefined });
  }

  #restoreOutcome(record: InboundRecord): void {
    const outcome = readable<OutcomesRecord>(record, decodeOutcomesRecord);
    if (outcome?.kind === 'outcome') this.table.addOutcome(record.offset, outcome);
  }
}

/** Null for what is not one of ours: it was given up then, and is skipped now. */
function readable<T>(record: InboundRecord, decode: (value: Uint8Array) => T): T | null {
  try {
    return record.value && decode(record.value);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
