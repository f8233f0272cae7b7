import { timedWindow, windowGrid } from '@millrace/drift';
import { failedPart, KeyedPartition, partRecord, requestLetter, type Emission, type Tallies } from '@millrace/features';
import type { Plan, StagePlan } from '@millrace/pipeline';
import {
  decodeStageRecord,
  LetterTally,
  isAnsweredElsewhere,
  partitionKey,
  type ClockRecord,
  type DeadLetter,
  type InboundRecord,
  type PartError,
  type StageRecord,
  type TopicPartition,
} from '@millrace/records';
import type { Stage, StageOutput } from '@millrace/stream';

/** The keyed stages of a plan, one topic each, in one group: windows over events, answers to requests, and the vectors. */
export class FeatureStage implements Stage {
  readonly name = 'feature';
  readonly inputs: readonly (readonly string[])[];
  readonly #plan: Plan;
  readonly #stages: ReadonlyMap<string, StagePlan>;
  readonly #letters: LetterTally;
  readonly #partitions = new Map<string, KeyedPartition>();
  /** What partitions that have gone had counted. */
  #closed: Tallies = { lateEvents: 0, lateRequests: 0, duplicates: 0 };

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#stages = new Map(plan.stages.map((stage) => [stage.topic, stage]));
    this.#letters = new LetterTally(plan.names.counts, windowGrid(timedWindow(plan.monitor.window)));
    this.inputs = plan.stages.map(({ topic }) => [topic]);
  }

  open(task: readonly TopicPartition[]): KeyedPartition {
    const at = task[0] as TopicPartition;
    const opened = new KeyedPartition(this.#plan, this.#stages.get(at.topic) as StagePlan, at.partition);
    this.#partitions.set(partitionKey(at), opened);
    return opened;
  }

  close(task: readonly TopicPartition[]): void {
    for (const at of task) {
      const closed = this.#partitions.get(partitionKey(at));
      if (closed) this.#closed = addTallies(this.#closed, closed.tallies);
      this.#partitions.delete(partitionKey(at));
    }
  }

  process(records: readonly InboundRecord[]): StageOutput {
    const out: Emission = { records: [], deadLetters: [], eventTimes: [] };
    const touched = new Set<KeyedPartition>();
    for (const record of records) {
      const partition = this.#partitions.get(partitionKey(record)) as KeyedPartition;
      partition.process(record, out);
      touched.add(partition);
    }
    for (const partition of touched) partition.finish(out);
    return this.#counted(out);
  }

  /**
   * A request of which a part cannot be had travels on as an error, so that it has one dead letter: the assembler's. What another
   * feature set answers for has that one's.
   */
  poison(record: InboundRecord, error: unknown): StageOutput {
    if (isAnsweredElsewhere(record.headers)) return { records: [], deadLetters: [] };
    const stage = this.#stages.get(record.topic) as StagePlan;
    const decoded = decodedOrNull(record);
    const failed = failedPart(error);
    const why = failed.error as PartError;
    if (decoded?.kind !== 'request')
      return this.#counted({ records: [], deadLetters: [this.#letter(record, decoded, why)] });
    if (stage.assembler)
      return this.#counted({ records: [], deadLetters: [requestLetter(this.#plan, decoded, why, record.trace)] });
    return {
      records: [partRecord(this.#plan, stage.index, decoded, failed)],
      deadLetters: [],
    };
  }

  #counted<Output extends Pick<StageOutput, 'records' | 'deadLetters'>>(output: Output): Output {
    return { ...output, records: [...output.records, ...this.#letters.records(output.deadLetters)] };
  }

  /** For metrics: of all partitions that were ever here. */
  tallies(): Tallies {
    return [...this.#partitions.values()].reduce((sum, { tallies }) => addTallies(sum, tallies), this.#closed);
  }

  /** By topic and partition, for metrics. */
  partitions(): ReadonlyMap<string, KeyedPartition> {
    return this.#partitions;
  }

  /** Names the event in `<p>.events`, or the record itself where nobody can tell. */
  #letter(record: InboundRecord, decoded: StageRecord | null, { code, reason }: PartError): DeadLetter {
    const { key, trace } = record;
    const known = { stage: this.name, code, reason, key, value: null, trace };
    if (decoded === null || decoded.kind === 'clock') {
      const { topic, partition, offset } = record;
      return { ...known, topic, partition, offset, attempts: 0 };
    }
    const { origin, attempts } = decoded;
    const eventId = 'id' in decoded ? { eventId: decoded.id } : {};
    const at = 'at' in decoded ? { at: decoded.at } : {};
    return {
      ...known,
      ...eventId,
      ...at,
      topic: this.#plan.names.events,
      ...origin,
      attempts,
      type: this.#typeOf(decoded),
    };
  }

  #typeOf(decoded: Exclude<StageRecord, ClockRecord>): string | undefined {
    return decoded.kind === 'event' ? this.#plan.events[decoded.type]?.type : this.#plan.predict.on;
  }
}

function addTallies(a: Tallies, b: Tallies): Tallies {
  return {
    lateEvents: a.lateEvents + b.lateEvents,
    lateRequests: a.lateRequests + b.lateRequests,
    duplicates: a.duplicates + b.duplicates,
  };
}

function decodedOrNull({ value }: InboundRecord): StageRecord | null {
  try {
    return decodeStageRecord(value ?? new Uint8Array());
  } catch {
    return null;
  }
}
