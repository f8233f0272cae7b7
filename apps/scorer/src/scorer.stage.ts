import { AppError, isAppError, messageOf, type Clock } from '@millrace/core';
import type { ModelPort, RowBatch, RowOutcome } from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';
import {
  decodeFeaturesRecord,
  encodeScoredRecord,
  partitionKey,
  type DeadLetter,
  type FeaturesRecord,
  type InboundRecord,
  type OutboundRecord,
  type PredictionNames,
  type ProgressRecord,
  type TopicPartition,
  type VectorRow,
} from '@millrace/records';
import type { Stage, StageOutput, TaskState } from '@millrace/stream';

import { scoredRecords, unscoredLetter } from './scored-records.ts';
import { ScorerState } from './scorer-state.ts';

/** The version that answers, as long as there are no challengers. */
const VARIANT = 'champion';

export interface ScorerStageOptions {
  readonly plan: Plan;
  readonly model: ModelPort;
  readonly clock: Clock;
}

/**
 * Turns vectors into predictions: `features` → `<p>.predictions` for users and `scored` for the monitor, partition by
 * partition in order. The rows of all partitions share the model's micro-batches. A row that the model fails on becomes
 * a dead letter; its neighbours are scored.
 */
export class ScorerStage implements Stage {
  readonly name = 'scorer';
  readonly inputs: readonly (readonly string[])[];
  readonly #options: ScorerStageOptions;
  readonly #names: PredictionNames;
  readonly #states = new Map<string, ScorerState>();

  constructor(options: ScorerStageOptions) {
    const { plan, model } = options;
    this.#options = options;
    this.inputs = [[plan.names.features]];
    this.#names = {
      model: plan.predict.model,
      featureSet: plan.featureSet,
      outputs: model.outputs,
      labels: model.labels,
      features: plan.predict.includeFeatures ? plan.vector.map(({ name }) => name) : null,
    };
  }

  open(task: readonly TopicPartition[]): TaskState {
    const state = new ScorerState();
    for (const partition of task) this.#states.set(partitionKey(partition), state);
    return state;
  }

  close(task: readonly TopicPartition[]): void {
    for (const partition of task) this.#states.delete(partitionKey(partition));
  }

  /** In chunks of a batch's size, so that one is written down while the next is scored. */
  async process(records: readonly InboundRecord[]): Promise<StageOutput> {
    const { rows } = this.#options.plan.predict.batch;
    const chunks = Array.from({ length: Math.ceil(records.length / rows) }, (_, i) =>
      records.slice(i * rows, (i + 1) * rows),
    );
    const outputs = await Promise.all(chunks.map((chunk) => this.#processChunk(chunk)));
    return {
      records: outputs.flatMap((output) => output.records),
      deadLetters: outputs.flatMap((output) => output.deadLetters),
    };
  }

  /** What fails though the model does not: a record that cannot be read. */
  poison(record: InboundRecord, error: unknown): StageOutput {
    const known = isAppError(error) ? error : new AppError('POISON', messageOf(error));
    return { records: [], deadLetters: [unscoredLetter(this.#options.plan, record, vectorOrNull(record), known)] };
  }

  async #processChunk(records: readonly InboundRecord[]): Promise<StageOutput> {
    const { model, clock } = this.#options;
    const news = records
      .map((record) => ({ record, decoded: decode(record) }))
      .filter(({ record, decoded }) => this.#isNews(record, decoded));
    const vectors = news.flatMap(({ decoded }) => (decoded.kind === 'vector' ? [decoded.vector] : []));
    const outcomes = (await model.score(vectors, { explain: records.some(({ trace }) => trace) })).values();
    const answers: Answers = { records: [], deadLetters: [], scoredAt: clock.now() };
    for (const { record, decoded } of news) {
      if (decoded.kind === 'progress') this.#passOn(answers, record, decoded);
      else this.#answer(answers, record, decoded, outcomes.next().value as RowOutcome<Float64Array>);
    }
    return answers;
  }

  /** A clock that does not move says nothing. */
  #isNews(record: InboundRecord, decoded: FeaturesRecord): boolean {
    return decoded.kind === 'vector' || (this.#states.get(partitionKey(record)) as ScorerState).advance(decoded);
  }

  #passOn({ records }: Answers, { partition }: InboundRecord, progress: ProgressRecord): void {
    const value = encodeScoredRecord({ ...progress, source: partition });
    records.push({ topic: this.#options.plan.names.scored, partition, key: null, value });
  }

  #answer(
    { records, deadLetters, scoredAt }: Answers,
    record: InboundRecord,
    row: VectorRow,
    outcome: RowOutcome<Float64Array>,
  ): void {
    const { plan, model } = this.#options;
    if (record.trace) {
      record.trace.eventId = row.id;
      if (outcome.batch) record.trace.attributes = batchAttributes(outcome.batch);
    }
    if (!outcome.ok) {
      deadLetters.push(unscoredLetter(plan, record, row, outcome.error));
      return;
    }
    const { id, at, key, origin, attempts, vector } = row;
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
      outputs: outcome.value,
      scoredAt,
    } as const;
    records.push(...scoredRecords(plan, this.#names, record, scored));
  }
}

interface Answers {
  readonly records: OutboundRecord[];
  readonly deadLetters: DeadLetter[];
  /** Wall clock, epoch milliseconds. */
  readonly scoredAt: number;
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
