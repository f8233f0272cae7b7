import { hourOfWeek, timedWindow, windowGrid } from '@millrace/drift';
import { publishedFeatures, type Plan } from '@millrace/pipeline';
import {
  blockHash,
  decodeOutcomesRecord,
  decodeScoredRecord,
  encodeCountsRecord,
  NOTHING_FOLLOWS,
  traceHeaders,
  type CountsDelta,
  type CountsRecord,
  type InboundRecord,
  type OutboundRecord,
  type OutcomesRecord,
  type PredictionNames,
  type ScoredRecord,
  type ScoredRow,
} from '@millrace/records';

import { exampleRecord } from './example-record.ts';
import { rateOf } from './id-sample.ts';
import { JoinState } from './join-state.ts';
import type { Match } from './join-table.ts';
import type { MonitorObserver } from './monitor-observer.ts';
import type { MonitoredModel } from './monitored-model.ts';
import { RowCounter, type CountedRow, type CountGrids } from './row-counter.ts';

export interface JoinContext {
  readonly plan: Plan;
  /** Published names of the outputs, in the order of `ScoredRow.outputs`. */
  readonly outputs: readonly string[];
  /** As `PredictionNames` has them. */
  readonly labels?: PredictionNames['labels'];
  readonly models: ReadonlyMap<string, MonitoredModel>;
  readonly observer: MonitorObserver;
}

/** A record of the join, and what it says. */
export type JoinRecord = { readonly record: InboundRecord } & (
  | { readonly of: 'scored'; readonly read: ScoredRecord }
  | { readonly of: 'outcomes'; readonly read: OutcomesRecord }
);

/** What a batch leads to. */
export interface Joined {
  readonly records: readonly OutboundRecord[];
  /** Of the predictions. */
  readonly eventTimes: readonly number[];
  /** The partitions in which nothing follows any more. */
  readonly over: ReadonlyMap<number, JoinState>;
}

/** How far the predictions of a partition have come, and both sides of it. */
interface Clocks {
  readonly scored: number | null;
  readonly matured: number | null;
}

/** A partition with records in the batch, and how it stood before them. */
interface Touched {
  readonly state: JoinState;
  readonly before: Clocks;
  readonly was: boolean;
}

/** One batch of the join: predictions meet outcomes, and are counted by the window of their own time. */
export class Join {
  readonly #context: JoinContext;
  /** What this feature set calls its outputs and features. */
  readonly names: PredictionNames;
  readonly #grids: CountGrids;

  constructor(context: JoinContext) {
    const { plan, outputs, labels } = context;
    const features = publishedFeatures(plan);
    this.#context = context;
    this.names = { model: plan.predict.model, featureSet: plan.featureSet, outputs, labels, features };
    const { everyMs, starts, zone } = plan.monitor.window;
    this.#grids = {
      rows: everyMs === null ? null : windowGrid({ everyMs, starts, zone }),
      ...(plan.monitor.block !== null && { blockOf: blockOf(plan.monitor.block === plan.predict.key) }),
      ...(plan.monitor.seasonal && { hourOf: hourOfWeek(zone) }),
      categories: plan.vector.map((feature) => feature.kind === 'value' && feature.categories !== null),
      labels: plan.outcome && windowGrid(timedWindow(plan.monitor.window)),
    };
  }

  /** A fresh state for one partition. */
  open(): JoinState {
    const { names, outcome, monitor, topics } = this.#context.plan;
    const input = { scored: names.scored, outcomes: outcome && names.joinOutcomes };
    return new JoinState(input, outcome?.withinMs ?? 0, monitor.joinMemoryBytes / topics.partitions);
  }

  /** @throws RangeError where a record is none of the join's */
  read(records: readonly InboundRecord[]): readonly JoinRecord[] {
    const { scored } = this.#context.plan.names;
    return records.map((record): JoinRecord => {
      const value = record.value ?? Buffer.alloc(0);
      return record.topic === scored
        ? { record, of: 'scored', read: decodeScoredRecord(value) }
        : { record, of: 'outcomes', read: decodeOutcomesRecord(value) };
    });
  }

  process(records: readonly JoinRecord[], stateOf: (record: InboundRecord) => JoinState): Joined {
    const counter = new RowCounter(this.#grids);
    const touched = new Map<number, Touched>();
    const examples: OutboundRecord[] = [];
    const eventTimes: number[] = [];
    for (const one of records) {
      const { record } = one;
      const state = stateOf(record);
      if (!touched.has(record.partition))
        touched.set(record.partition, { state, before: clocksOf(state), was: state.isOver });
      const match = this.#apply(one, state, counter, eventTimes);
      if (match) examples.push(this.#example(match, record, state));
      this.#shrink(state, counter);
    }
    const progress = [...touched].flatMap(([partition, { state, before }]) => this.#progress(partition, state, before));
    const deltas = counter.deltas().map((delta) => this.#delta(delta));
    const over = [...touched].filter(([, { state, was }]) => state.isOver && !was);
    return {
      records: [...examples, ...deltas, ...progress],
      eventTimes,
      over: new Map(over.map(([partition, { state }]) => [partition, state])),
    };
  }

  #apply(one: JoinRecord, state: JoinState, counter: RowCounter, eventTimes: number[]): Match | null {
    if (one.of === 'scored') return this.#applyScored(one.record, one.read, state, counter, eventTimes);
    return this.#applyOutcome(one.record, one.read, state, counter);
  }

  #applyScored(
    record: InboundRecord,
    scored: ScoredRecord,
    state: JoinState,
    counter: RowCounter,
    eventTimes: number[],
  ): Match | null {
    if (scored.kind === 'progress') {
      state.advance(state.scored, scored.source, { at: scored.at, first: scored.first, promised: null });
      return null;
    }
    eventTimes.push(scored.at);
    if (record.trace) Object.assign(record.trace, { eventId: scored.id, eventTimeMs: scored.at });
    const traceparent = record.trace?.traceparent;
    const added = state.addRow(record.offset, { row: scored, traceparent });
    if (added && scored.kind === 'scored') this.#count({ row: scored, traceparent }, added.sampled, state, counter);
    return this.#labelled(added && added.match, state, counter);
  }

  #count(counted: CountedRow, sampled: boolean, state: JoinState, counter: RowCounter): void {
    const { models, observer } = this.#context;
    const { row } = counted;
    const model = models.get(row.version);
    if (!model) observer.unprofiled?.(row.version);
    if (!this.#counts(row, state)) return;
    if (model) counter.add(counted, model, sampled);
    else counter.sketch(counted);
  }

  /**
   * False for rows whose windows may not have been full: `warm_up` counts from the first event time that this topic has
   * told, so that the other topic's pace shows nowhere.
   */
  #counts({ at }: ScoredRow, { scored: { first } }: JoinState): boolean {
    return first !== null && at >= first + this.#context.plan.monitor.warmUpMs;
  }

  /** Null for rows that are not counted by a profile. */
  #modelOf(row: ScoredRow, state: JoinState): MonitoredModel | null {
    return this.#counts(row, state) ? (this.#context.models.get(row.version) ?? null) : null;
  }

  /** A prediction that another feature set made was counted there. */
  #labelled(match: Match | null, state: JoinState, counter: RowCounter): Match | null {
    if (match?.traced.row.kind !== 'scored') return match;
    const { row, traceparent } = match.traced;
    const model = this.#modelOf(row, state);
    if (model) counter.label({ row, traceparent }, match.outcome, model);
    return match;
  }

  #applyOutcome(record: InboundRecord, outcome: OutcomesRecord, state: JoinState, counter: RowCounter): Match | null {
    if (outcome.kind === 'outcome') {
      if (record.trace) record.trace.eventId = outcome.id;
      if (state.table.contradicts(outcome)) this.#context.observer.contradicted?.();
      return this.#labelled(state.table.addOutcome(record.offset, outcome), state, counter);
    }
    const { input, at, first, promise } = outcome;
    state.advance(state.outcomes, input, { at, first, promised: promise?.partitions ?? null });
    return null;
  }

  /** Rows that are given up so that there is room for others are no longer expected to have a label. */
  #shrink(state: JoinState, counter: RowCounter): void {
    if (state.scored.at === null) return; // a marker without clocks has no place for the level
    for (const { row } of state.table.shrink()) {
      const model = row.kind === 'scored' ? this.#modelOf(row, state) : null;
      if (model) counter.giveUp(row as ScoredRow, model);
    }
  }

  #example(match: Match, { partition }: InboundRecord, { table }: JoinState): OutboundRecord {
    const { names, name } = this.#context.plan;
    return exampleRecord(match, rateOf(table.level), { topic: names.examples, partition }, this.names, name);
  }

  /** Behind the deltas: whoever reads it has what it speaks of. */
  #progress(source: number, state: JoinState, before: Clocks): readonly OutboundRecord[] {
    const { plan } = this.#context;
    const { scored, matured } = clocksOf(state);
    const { first } = state.scored;
    const records: CountsRecord[] = [];
    if (told(scored, before.scored) && first !== null) records.push({ kind: 'progress', source, at: scored, first });
    if (told(matured, before.matured) && plan.outcome)
      records.push({ kind: 'matured', source, at: matured - plan.outcome.withinMs });
    return records.map((record) => this.#toCounts(encodeCountsRecord(record)));
  }

  #delta(delta: CountsDelta): OutboundRecord {
    const { traceparent } = delta;
    return {
      ...this.#toCounts(encodeCountsRecord(delta)),
      ...(traceparent !== undefined && { headers: traceHeaders({ traceparent }) }),
    };
  }

  #toCounts(value: Buffer): OutboundRecord {
    return { topic: this.#context.plan.names.counts, partition: 0, key: null, value };
  }
}

/** A row that has none is a block of its own. */
function blockOf(byKey: boolean): (row: ScoredRow) => number {
  if (byKey) return ({ key, id }) => blockHash(key ?? id);
  return ({ block, id }) => block ?? blockHash(id);
}

function clocksOf({ scored, outcomes }: JoinState): Clocks {
  const matured = scored.at === null || outcomes.at === null ? null : Math.min(scored.at, outcomes.at);
  return { scored: scored.at, matured };
}

/** Where nothing follows, what is left of a window is no window. */
function told(at: number | null, before: number | null): at is number {
  return at !== null && at !== before && at !== NOTHING_FOLLOWS;
}
