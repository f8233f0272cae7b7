import { AppError, isAppError, messageOf } from '@millrace/core';
import { traceHeaders, type InboundRecord, type TopicPartition } from '@millrace/records';
import type { Stage, StageOutput, StateMarker, TaskState } from '@millrace/stream';

/** Keeps nothing. */
const NO_STATE: TaskState = {
  savepoint: () => 0,
  rollback: () => undefined,
  settle: () => undefined,
  marker: (): StateMarker => ({ keepFrom: null, body: new Uint8Array() }),
  load: () => undefined,
  restore: () => undefined,
  restored: () => undefined,
};

/** Copies every record to another topic, with its trace, and refuses the value `poison`. */
export class ForwardingStage implements Stage {
  readonly name: string;
  readonly inputs: readonly (readonly string[])[];
  readonly #to: string;

  constructor(name: string, from: string, to: string) {
    this.name = name;
    this.inputs = [[from]];
    this.#to = to;
  }

  open(_task: readonly TopicPartition[]): TaskState {
    return NO_STATE;
  }

  close(): void {}

  process(records: readonly InboundRecord[]): StageOutput {
    return { records: records.map((record) => this.#forward(record)), deadLetters: [] };
  }

  poison(record: InboundRecord, error: unknown): StageOutput {
    const { topic, partition, offset, key, value, headers, trace } = record;
    const code = isAppError(error) ? error.code : 'POISON';
    return {
      records: [],
      deadLetters: [
        {
          stage: this.name,
          code,
          reason: messageOf(error),
          topic,
          partition,
          offset,
          attempts: 0,
          key,
          value,
          headers,
          trace,
        },
      ],
    };
  }

  #forward(record: InboundRecord) {
    if (String(record.value) === 'poison') throw new AppError('NOT_JSON', 'found poison');
    if (record.trace) {
      record.trace.eventId = String(record.key);
      record.trace.attributes = { 'millrace.forwarded_bytes': record.value?.length ?? 0 };
    }
    return {
      topic: this.#to,
      partition: record.partition,
      key: record.key,
      value: record.value,
      headers: traceHeaders(record.trace),
    };
  }
}
