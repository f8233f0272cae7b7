import { messageOf, AppError } from '@millrace/core';
import { timedWindow, windowGrid, type ReferenceProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import {
  LetterTally,
  partitionKey,
  PLAN_NOTE,
  type InboundRecord,
  type PlanOffer,
  type PredictionNames,
  type TopicPartition,
} from '@millrace/records';
import type { Stage, StageOutput, TaskState } from '@millrace/stream';

import { eventOf } from './event-of.ts';
import { handOn } from './hand-on.ts';
import type { JoinState } from './join-state.ts';
import { Join, type JoinRecord } from './join.ts';
import { KnownModels, type ReadProfiles } from './known-models.ts';
import type { MergeValue } from './merge-ledger.ts';
import type { MergeState } from './merge-state.ts';
import { Merge, type MergeRecord } from './merge.ts';
import type { MonitorObserver } from './monitor-observer.ts';
import type { MonitoredModel } from './monitored-model.ts';
import type { SkewState } from './skew-state.ts';

/** Reads the newest committed record of a key from a compacted topic of one partition; null where there is none. */
export type ReadNewest = (topic: string, key: string) => Promise<Uint8Array | null>;

export interface MonitorStageOptions {
  readonly plan: Plan;
  /** Published names of the model's outputs, in the order of `ScoredRow.outputs`. */
  readonly outputs: readonly string[];
  /** As `PredictionNames` has them. */
  readonly labels?: PredictionNames['labels'];
  /** By model version. */
  readonly profiles: ReadonlyMap<string, ReferenceProfile>;
  /** Asked where a version is seen that is not among them. One that has no profile is compared with its own first rows. */
  readonly readProfiles?: ReadProfiles;
  readonly readNewest: ReadNewest;
  readonly observer?: MonitorObserver;
  /** Which windows are due to be computed again, of this instance's merge; none where it has none any more. */
  readonly onSkew?: (state: SkewState) => void;
}

/** How much the joins of this instance hold. */
export interface JoinGauges {
  readonly rows: number;
  readonly outcomes: number;
}

/**
 * The monitor. The join (one task per partition of `scored` and `outcomes`) makes examples and counts; the merge (the
 * one partition of `counts`) adds the counts up, closes windows, and turns what they say into incidents.
 */
export class MonitorStage implements Stage {
  readonly name = 'monitor';
  readonly inputs: readonly (readonly string[])[];
  readonly #known: KnownModels;
  readonly #countsTopic: string;
  readonly #plan: Plan;
  readonly #join: Join;
  readonly #merge: Merge;
  readonly #joins = new Map<string, JoinState>();
  readonly #readNewest: ReadNewest;
  readonly #letters: LetterTally;
  readonly #onSkew: MonitorStageOptions['onSkew'];
  #merging: MergeState | null = null;

  /** @throws AppError `PROFILE_INVALID` where a floor asks for what a profile does not hold */
  constructor({
    plan,
    outputs,
    labels,
    profiles,
    readProfiles,
    readNewest,
    onSkew,
    observer = {},
  }: MonitorStageOptions) {
    const { scored, joinOutcomes, counts } = plan.names;
    this.inputs = [plan.outcome ? [scored, joinOutcomes] : [scored], [counts]];
    this.#known = new KnownModels(plan, profiles, readProfiles);
    this.#plan = plan;
    this.#countsTopic = counts;
    this.#readNewest = readNewest;
    this.#letters = new LetterTally(counts, windowGrid(timedWindow(plan.monitor.window)));
    const models = this.#known.byVersion;
    this.#join = new Join({ plan, outputs, labels, models, observer });
    const refresh = (): Promise<void> => this.#known.refresh();
    const readLedger = (key: string): Promise<Uint8Array | null> => readNewest(plan.names.ledger, key);
    this.#onSkew = onSkew;
    this.#merge = new Merge({ plan, models, outputs, refresh, readLedger, observer, onSkew });
  }

  /** By version. It grows. */
  get models(): ReadonlyMap<string, MonitoredModel> {
    return this.#known.byVersion;
  }

  open(task: readonly TopicPartition[]): TaskState {
    if (task.some(({ topic }) => topic === this.#countsTopic)) return (this.#merging = this.#merge.open());
    const state = this.#join.open();
    for (const at of task) this.#joins.set(partitionKey(at), state);
    return state;
  }

  close(task: readonly TopicPartition[]): void {
    if (task.some(({ topic }) => topic === this.#countsTopic)) this.#giveUpMerge();
    for (const at of task) this.#joins.delete(partitionKey(at));
  }

  #giveUpMerge(): void {
    this.#merging = null;
    this.#onSkew?.(new Map());
  }

  process(records: readonly InboundRecord[]): StageOutput | Promise<StageOutput> {
    const counts = records.filter(({ topic }) => topic === this.#countsTopic);
    const others = counts.length === 0 ? records : records.filter(({ topic }) => topic !== this.#countsTopic);
    const [joined, merged] = [this.#join.read(others), this.#merge.read(counts)];
    const join = this.#known.newOf(versionsOf(joined), 'join');
    const merge = this.#known.newOf(countedVersions(merged), 'merge');
    if (join.length + merge.length === 0) return this.#process(joined, merged);
    return this.#known.lookFor({ join, merge }).then(() => this.#process(joined, merged));
  }

  #process(joined: readonly JoinRecord[], counts: readonly MergeRecord[]): StageOutput | Promise<StageOutput> {
    const fromJoin = this.#join.process(joined, (record) => this.#stateOf(record));
    const fromMerge = counts.length === 0 ? [] : this.#merge.process(counts, this.#merging as MergeState);
    const output = {
      records: [...fromJoin.records, ...fromMerge],
      deadLetters: [],
      eventTimes: fromJoin.eventTimes,
    };
    return fromJoin.over.size === 0 ? output : this.#handOn(fromJoin.over, output);
  }

  poison(record: InboundRecord, error: unknown): StageOutput {
    const code = error instanceof AppError ? error.code : 'POISON';
    const letter = {
      stage: this.name,
      code,
      reason: messageOf(error),
      ...eventOf(record, this.#plan),
      key: record.key,
      value: null,
      trace: record.trace,
    };
    return { records: this.#letters.records([letter]), deadLetters: [letter] };
  }

  /** What is known of every watched signal; empty where another instance has the merge. */
  watches(): MergeValue['watches'] {
    return this.#merging?.value.watches ?? new Map();
  }

  gauges(): JoinGauges {
    const tables = [...new Set(this.#joins.values())].map(({ table }) => table);
    return { rows: sum(tables.map(({ rows }) => rows)), outcomes: sum(tables.map(({ outcomes }) => outcomes)) };
  }

  async #handOn(over: ReadonlyMap<number, JoinState>, output: StageOutput): Promise<StageOutput> {
    const { names, featureSet } = this.#plan;
    const noted = await this.#readNewest(names.control, PLAN_NOTE.offer(featureSet));
    const offer = noted && (JSON.parse(Buffer.from(noted).toString('utf8')) as PlanOffer);
    const handedOn = [...over].flatMap(([partition, { table }]) =>
      handOn(this.#plan, this.#join.names, partition, table, offer),
    );
    return { ...output, records: [...output.records, ...handedOn] };
  }

  #stateOf(record: InboundRecord): JoinState {
    return this.#joins.get(partitionKey(record)) as JoinState;
  }
}

function versionsOf(records: readonly JoinRecord[]): readonly string[] {
  return records.flatMap(({ of, read }) => (of === 'scored' && read.kind === 'scored' ? read.version : []));
}

/** Of what was counted by a profile. */
function countedVersions(records: readonly MergeRecord[]): readonly string[] {
  return records.flatMap(({ read }) =>
    read.kind === 'delta' && (read.subject === 'rows' || read.subject === 'labels') ? read.version : [],
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
