import { windowGrid, type WindowGrid } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import {
  decodeOutcomesRecord,
  decodeScoredRecord,
  encodeCountsRecord,
  NOTHING_FOLLOWS,
  type InboundRecord,
  type OutboundRecord,
  type PredictionNames,
  type ScoredRow,
} from '@millrace/records';

import { exampleRecord } from './example-record.ts';
import { JoinState } from './join-state.ts';
import type { Match } from './join-table.ts';
import type { MonitorObserver } from './monitor-observer.ts';
import type { MonitoredModel } from './monitored-model.ts';
import { RowCounter } from './row-counter.ts';

export interface JoinContext {
  readonly plan: Plan;
  /** Published names of the outputs, in the order of `ScoredRow.outputs`. */
  readonly outputs: readonly string[];
  /** As `PredictionNames` has them. */
  readonly labels?: PredictionNames['labels'];
  readonly models: ReadonlyMap<string, MonitoredModel>;
  readonly observer: MonitorObserver;
}

/** What a batch leads to. */
export interface Joined {
  readonly records: readonly OutboundRecord[];
  /** The partitions in which nothing follows any more. */
  readonly over: ReadonlyMap<number, JoinState>;
}

/** One batch of the join: predictions meet outcomes, and are counted by the window of their own time. */
export class Join {
  readonly #context: JoinContext;
  /** What this feature set calls its outputs and features. */
  readonly names: PredictionNames;
  readonly #grid: WindowGrid | null;

  constructor(context: JoinContext) {
    const { plan, outputs, labels } = context;
    const features = plan.predict.includeFeatures ? plan.vector.map(({ name }) => name) : null;
    this.#context = context;
    this.names = { model: plan.predict.model, featureSet: plan.featureSet, outputs, labels, features };
    const { everyMs, starts, zone } = plan.monitor.window;
    this.#grid = everyMs === null ? null : windowGrid({ everyMs, starts, zone });
  }

  /** A fresh state for one partition. */
  open(): JoinState {
    const { names, outcome } = this.#context.plan;
    return new JoinState({ scored: names.scored, outcomes: outcome && names.joinOutcomes }, outcome?.withinMs ?? 0);
  }

  process(records: readonly InboundRecord[], stateOf: (record: InboundRecord) => JoinState): Joined {
    const counter = new RowCounter(this.#grid);
    const touched = new Map<
      number,
      { readonly state: JoinState; readonly before: number | null; readonly was: boolean }
    >();
    const examples: OutboundRecord[] = [];
    for (const record of records) {
      const state = stateOf(record);
      if (!touched.has(record.partition))
        touched.set(record.partition, { state, before: state.scored.at, was: state.isOver });
      const match = this.#apply(record, state, counter);
      if (match) examples.push(this.#example(match, record));
    }
    const progress = [...touched].flatMap(([partition, { state, before }]) => this.#progress(partition, state, before));
    const deltas = counter.deltas().map((delta) => this.#toCounts(encodeCountsRecord(delta)));
    const over = [...touched].filter(([, { state, was }]) => state.isOver && !was);
    return {
      records: [...examples, ...deltas, ...progress],
      over: new Map(over.map(([partition, { state }]) => [partition, state])),
    };
  }

  #apply(record: InboundRecord, state: JoinState, counter: RowCounter): Match | null {
    if (record.topic === this.#context.plan.names.scored) return this.#applyScored(record, state, counter);
    return this.#applyOutcome(record, state);
  }

  #applyScored(record: InboundRecord, state: JoinState, counter: RowCounter): Match | null {
    const scored = decodeScoredRecord(record.value ?? Buffer.alloc(0));
    if (scored.kind === 'progress') {
      state.advance(state.scored, scored.source, { at: scored.at, first: scored.first, promised: null });
      return null;
    }
    if (record.trace) record.trace.eventId = scored.id;
    const added = state.addRow(record.offset, { row: scored, traceparent: record.trace?.traceparent });
    if (added && scored.kind === 'scored') this.#count(scored, state.scored.first, counter);
    return added && added.match;
  }

  /**
   * Leaves out rows whose windows may not have been full (`warm_up` counts from the first event time that this topic has
   * told, so that the other topic's pace shows nowhere), and versions that there is nothing to compare with.
   */
  #count(row: ScoredRow, first: number | null, counter: RowCounter): void {
    const { models, observer, plan } = this.#context;
    const model = models.get(row.version);
    if (!model) observer.unprofiled?.(row.version);
    else if (first !== null && row.at >= first + plan.monitor.warmUpMs) counter.add(row, model);
  }

  #applyOutcome(record: InboundRecord, state: JoinState): Match | null {
    const outcome = decodeOutcomesRecord(record.value ?? Buffer.alloc(0));
    if (outcome.kind === 'outcome') {
      if (record.trace) record.trace.eventId = outcome.id;
      return state.table.addOutcome(record.offset, outcome);
    }
    const { input, at, first, promise } = outcome;
    state.advance(state.outcomes, input, { at, first, promised: promise?.partitions ?? null });
    return null;
  }

  #example(match: Match, { partition }: InboundRecord): OutboundRecord {
    const { names, name } = this.#context.plan;
    return exampleRecord(match, { topic: names.examples, partition }, this.names, name);
  }

  /** Behind the deltas: whoever reads it has what it speaks of. */
  #progress(source: number, { scored }: JoinState, before: number | null): readonly OutboundRecord[] {
    const { at, first } = scored;
    if (at === null || first === null || at === before) return [];
    if (at === NOTHING_FOLLOWS) return []; // what is left of a window is no window
    return [this.#toCounts(encodeCountsRecord({ kind: 'progress', source, at, first }))];
  }

  #toCounts(value: Buffer): OutboundRecord {
    return { topic: this.#context.plan.names.counts, partition: 0, key: null, value };
  }
}
