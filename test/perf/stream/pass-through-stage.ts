import type { InboundRecord, OutboundRecord } from '@millrace/records';
import type { Stage, StageOutput, StateMarker, TaskState } from '@millrace/stream';

const STATELESS: TaskState = {
  savepoint: () => 0,
  rollback: () => undefined,
  settle: () => undefined,
  marker: (): StateMarker => ({ keepFrom: null, body: new Uint8Array() }),
  load: () => undefined,
  restore: () => undefined,
  restored: () => undefined,
};

/** Writes what it reads, to the equal partition: all of the cost is the engine's. */
export class PassThroughStage implements Stage {
  readonly name = 'pass-through';
  readonly inputs: readonly (readonly string[])[];
  readonly #output: string;

  constructor(input: string, output: string) {
    this.inputs = [[input]];
    this.#output = output;
  }

  open(): TaskState {
    return STATELESS;
  }

  close(): void {}

  process(records: readonly InboundRecord[]): StageOutput | Promise<StageOutput> {
    const output = (record: InboundRecord): OutboundRecord => ({
      topic: this.#output,
      partition: record.partition,
      key: record.key,
      value: record.value,
    });
    return { records: records.map(output), deadLetters: [] };
  }

  poison(_record: InboundRecord, error: unknown): StageOutput {
    throw error;
  }
}
