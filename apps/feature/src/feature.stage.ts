import { failedPart, KeyedPartition, partRecord, requestLetter, type Emission } from '@millrace/features';
import type { Plan, StagePlan } from '@millrace/pipeline';
import {
  decodeStageRecord,
  partitionKey,
  type ClockRecord,
  type DeadLetter,
  type InboundRecord,
  type PartError,
  type StageRecord,
  type StageRequest,
  type TopicPartition,
} from '@millrace/records';
import type { Stage, StageOutput } from '@millrace/stream';

/** The keyed stages of a plan, one topic each, in one group: windows over events, answers to requests, and the vectors. */
export class FeatureStage implements Stage {
  readonly name = 'feature';
  readonly inputs: readonly (readonly string[])[];
  readonly #plan: Plan;
  readonly #stages: ReadonlyMap<string, StagePlan>;
  readonly #partitions = new Map<string, KeyedPartition>();

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#stages = new Map(plan.stages.map((stage) => [stage.topic, stage]));
    this.inputs = plan.stages.map(({ topic }) => [topic]);
  }

  open(task: readonly TopicPartition[]): KeyedPartition {
    const at = task[0] as TopicPartition;
    const opened = new KeyedPartition(this.#plan, this.#stages.get(at.topic) as StagePlan, at.partition);
    this.#partitions.set(partitionKey(at), opened);
    return opened;
  }

  close(task: readonly TopicPartition[]): void {
    for (const at of task) this.#partitions.delete(partitionKey(at));
  }

  process(records: readonly InboundRecord[]): StageOutput {
    const out: Emission = { records: [], deadLetters: [] };
    const touched = new Set<KeyedPartition>();
    for (const record of records) {
      const partition = this.#partitions.get(partitionKey(record)) as KeyedPartition;
      partition.process(record, out);
      touched.add(partition);
    }
    for (const partition of touched) partition.finish(out);
    return out;
  }

  /** A request of which a part cannot be had travels on as an error, so that it has one dead letter: the assembler's. */
  poison(record: InboundRecord, error: unknown): StageOutput {
    const stage = this.#stages.get(record.topic) as StagePlan;
    const decoded = decodedOrNull(record);
    const failed = failedPart(error);
    if (decoded?.kind !== 'request')
      return { records: [], deadLetters: [this.#letter(record, decoded, failed.error as PartError)] };
    if (stage.assembler)
      return { records: [], deadLetters: [requestLetter(this.#plan, decoded, failed.error as PartError)] };
    return {
      records: [partRecord(this.#plan, stage.index, decoded, failed, traceOf(record, decoded))],
      deadLetters: [],
    };
  }

  /** By topic and partition, for metrics. */
  partitions(): ReadonlyMap<string, KeyedPartition> {
    return this.#partitions;
  }

  /** Names the event in `<p>.events`, or the record itself where nobody can tell. */
  #letter(record: InboundRecord, decoded: StageRecord | null, { code, reason }: PartError): DeadLetter {
    const { key } = record;
    const known = { stage: this.name, code, reason, key, value: null };
    if (decoded === null || decoded.kind === 'clock') {
      const { topic, partition, offset } = record;
      return { ...known, topic, partition, offset, attempts: 0 };
    }
    const { origin, attempts } = decoded;
    return { ...known, topic: this.#plan.names.events, ...origin, attempts, type: this.#typeOf(decoded) };
  }

  #typeOf(decoded: Exclude<StageRecord, ClockRecord>): string | undefined {
    return decoded.kind === 'event' ? this.#plan.events[decoded.type]?.type : this.#plan.predict.on;
  }
}

function decodedOrNull({ value }: InboundRecord): StageRecord | null {
  try {
    return decodeStageRecord(value ?? new Uint8Array());
  } catch {
    return null;
  }
}

function traceOf({ trace }: InboundRecord, { id }: StageRequest): InboundRecord['trace'] {
  if (trace) trace.eventId = id;
  return trace;
}
