import { AppError, isAppError, messageOf, type Clock } from '@millrace/core';
import { timedWindow, windowGrid } from '@millrace/drift';
import type { ModelPort, RowBatch, RowOutcome } from '@millrace/inference';
import { publishedFeatures, type Plan } from '@millrace/pipeline';
import {
  decodeFeaturesRecord,
  encodeScoredRecord,
  LetterTally,
  partitionKey,
  type AliasRecord,
  type DeadLetter,
  type FeaturesRecord,
  type InboundRecord,
  type OutboundRecord,
  type PredictionNames,
  type ProgressRecord,
  type ScoredRow,
  type TopicPartition,
  type VectorRow,
} from '@millrace/records';
import { joinOutputs, type Stage, type StageOutput, type TaskState } from '@millrace/stream';

import type { StageModels } from './models/stage-models.ts';
import { scoredRecords, unscoredLetter } from './scored-records.ts';
import { ScorerState } from './scorer-state.ts';

/** What answers, as long as nothing is scored by challengers. */
const VARIANT = 'champion';

export interface ScorerStageOptions {
  readonly plan: Plan;
  readonly models: StageModels;
  readonly clock: Clock;
  /** This instance is that member of its group. */
  readonly onJoined?: (memberId: string) => void;
}

/** A record on its way, and of a vector what came of it. */
interface Work {
  readonly record: InboundRecord;
  readonly decoded: VectorRow | ProgressRecord;
  /** In force where the record lies. */
  readonly version: string;
  model: ModelPort | null;
  outcome: RowOutcome<Float64Array> | null;
}

/**
 * Turns vectors into predictions: `features` → `<p>.predictions` for users and `scored` for the monitor, partition by
 * partition in order. The rows of all partitions share the model's micro-batches. A row that the model fails on becomes
 * a dead letter; its neighbours are scored.
 *
 * An alias record makes another version the partition's own, for the rows behind it. Each version has micro-batches of
 * its own.
 */
export class ScorerStage implements Stage {
  readonly name = 'scorer';
  readonly inputs: readonly (readonly string[])[];
  readonly #options: ScorerStageOptions;
  readonly #names: Omit<PredictionNames, 'outputs' | 'labels'>;
  readonly #letters: LetterTally;
  readonly #states = new Map<string, ScorerState>();

  constructor(options: ScorerStageOptions) {
    const { plan } = options;
    this.#options = options;
    this.inputs = [[plan.names.features]];
    this.#letters = new LetterTally(plan.names.counts, windowGrid(timedWindow(plan.monitor.window)));
    this.#names = {
      model: plan.predict.model,
      featureSet: plan.featureSet,
      features: publishedFeatures(plan),
    };
  }

  /** Of the pipeline's model, the versions that partitions of this instance need. */
  versions(): ReadonlySet<string> {
    return new Set([...this.#states.values()].flatMap(({ versions }) => versions));
  }

  joined(memberId: string): void {
    this.#options.onJoined?.(memberId);
  }

  open(task: readonly TopicPartition[]): TaskState {
    const { plan, models } = this.#options;
    const state = new ScorerState(plan.predict.model, models);
    for (const partition of task) this.#states.set(partitionKey(partition), state);
    return state;
  }

  close(task: readonly TopicPartition[]): void {
    for (const partition of task) this.#states.delete(partitionKey(partition));
    this.#options.models.tidy();
  }

  /** In chunks of a batch's size, so that one is written down while the next is scored. */
  async process(records: readonly InboundRecord[]): Promise<StageOutput> {
    const { rows } = this.#options.plan.predict.batch;
    const chunks = Array.from({ length: Math.ceil(records.length / rows) }, (_, i) =>
      records.slice(i * rows, (i + 1) * rows),
    );
    const outputs = await Promise.all(chunks.map((chunk) => this.#processChunk(chunk)));
    await this.#loadInForce();
    return joinOutputs(outputs);
  }

  /** What fails though the model does not: a record that cannot be read. */
  poison(record: InboundRecord, error: unknown): StageOutput {
    const known = isAppError(error) ? error : new AppError('POISON', messageOf(error));
    const letter = unscoredLetter(this.#options.plan, record, vectorOrNull(record), known);
    return { records: this.#letters.records([letter]), deadLetters: [letter] };
  }

  async #processChunk(records: readonly InboundRecord[]): Promise<StageOutput> {
    const { clock } = this.#options;
    const works = records.map((record) => this.#take(record, decode(record))).filter((work) => work !== null);
    const rows = works.filter(({ decoded }) => decoded.kind === 'vector');
    const explain = records.some(({ trace }) => trace);
    const byVersion = Map.groupBy(rows, ({ version }) => version);
    await Promise.all([...byVersion].map(([version, ofVersion]) => this.#score(version, ofVersion, explain)));
    const answers: Answers = { records: [], deadLetters: [], eventTimes: [], scoredAt: clock.now() };
    for (const work of works) {
      const { record, decoded } = work;
      if (decoded.kind === 'progress') this.#passOn(answers, record, decoded);
      else this.#answer(answers, work, decoded);
    }
    answers.records.push(...this.#letters.records(answers.deadLetters));
    return answers;
  }

  /** Null where there is nothing to say about it: a clock that does not move, and an alias record. */
  #take(record: InboundRecord, decoded: FeaturesRecord): Work | null {
    const state = this.#states.get(partitionKey(record)) as ScorerState;
    if (decoded.kind === 'alias') this.#switch(state, decoded);
    else if (decoded.kind === 'vector' || state.advance(decoded))
      return { record, decoded, version: state.version, model: null, outcome: null };
    return null;
  }

  #switch(state: ScorerState, { model, alias, version, number }: AliasRecord): void {
    const { plan, models } = this.#options;
    if (model !== plan.predict.model || alias !== 'champion') return;
    const champion = state.switchTo(version, number);
    if (champion) models.switched(champion);
  }

  /** A version that nobody offered here is loaded now. */
  async #score(version: string, works: readonly Work[], explain: boolean): Promise<void> {
    const model = this.#options.models.get(version) ?? (await this.#load(version));
    const vectors = works.map(({ decoded }) => (decoded as VectorRow).vector);
    const outcomes = await model.score(vectors, { explain });
    works.forEach((work, i) => {
      work.model = model;
      work.outcome = outcomes[i] as RowOutcome<Float64Array>;
    });
  }

  /** No place is passed from which on rows cannot be scored. */
  async #loadInForce(): Promise<void> {
    for (const { version } of this.#states.values()) if (!this.#options.models.get(version)) await this.#load(version);
  }

  /** What fails ends this instance: nothing else may answer in its place. */
  async #load(version: string): Promise<ModelPort> {
    try {
      return await this.#options.models.load(version);
    } catch (cause) {
      const [code, why] = isAppError(cause) ? [cause.code, cause.detail] : ['MODEL_INVALID' as const, messageOf(cause)];
      throw new AppError(code, `version ${version} is champion here and cannot be loaded: ${why}`, { cause });
    }
  }

  #passOn({ records }: Answers, { partition }: InboundRecord, progress: ProgressRecord): void {
    const value = encodeScoredRecord({ ...progress, source: partition });
    records.push({ topic: this.#options.plan.names.scored, partition, key: null, value });
  }

  #answer({ records, deadLetters, eventTimes, scoredAt }: Answers, work: Work, row: VectorRow): void {
    const { plan } = this.#options;
    const { record } = work;
    const [model, outcome] = [work.model as ModelPort, work.outcome as RowOutcome<Float64Array>];
    if (record.trace) {
      Object.assign(record.trace, { eventId: row.id, eventTimeMs: row.at });
      if (outcome.batch) record.trace.attributes = batchAttributes(outcome.batch);
    }
    if (!outcome.ok) {
      deadLetters.push(unscoredLetter(plan, record, row, outcome.error));
      return;
    }
    const { id, at, key, origin, attempts, vector, block } = row;
    eventTimes.push(at);
    const scored = {
      kind: 'scored',
      id,
      at,
      key,
      origin,
      attempts,
      version: model.version,
      variant: VARIANT,
      vector,
      ...outputsOf(outcome.value, model.outputs.length),
      scoredAt,
      ...(block !== undefined && { block }),
    } as const;
    records.push(
      ...scoredRecords(plan, { ...this.#names, outputs: model.outputs, labels: model.labels }, record, scored),
    );
  }
}

interface Answers {
  readonly records: OutboundRecord[];
  readonly deadLetters: DeadLetter[];
  readonly eventTimes: number[];
  /** Wall clock, epoch milliseconds. */
  readonly scoredAt: number;
}

/** @param count behind so many outputs may stand what each has lost */
function outputsOf(result: Float64Array, count: number): Pick<ScoredRow, 'outputs' | 'lost'> {
  if (result.length === count) return { outputs: result };
  return { outputs: result.subarray(0, count), lost: result.subarray(count) };
}

/** The micro-batch that a row was in, for its span. */
function batchAttributes({ reason, rows, waitedMs, tookMs }: RowBatch): Readonly<Record<string, string | number>> {
  return {
    'millrace.batch.reason': reason,
    'millrace.batch.rows': rows,
    'millrace.batch.wait_ms': waitedMs,
    'millrace.batch.took_ms': tookMs,
  };
}

function decode({ value }: InboundRecord): FeaturesRecord {
  return decodeFeaturesRecord(value ?? new Uint8Array());
}

function vectorOrNull(record: InboundRecord): VectorRow | null {
  try {
    const decoded = decode(record);
    return decoded.kind === 'vector' ? decoded : null;
  } catch {
    return null;
  }
}
