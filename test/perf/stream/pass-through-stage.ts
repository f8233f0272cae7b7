import type { Clock } from '@millrace/core';
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

/** Writes what it reads, to the equal partition: all of the cost is the engine's. Can be as slow as a model. */
export class PassThroughStage implements Stage {
  readonly name = 'pass-through';
  readonly inputs: readonly (readonly string[])[];
  readonly #output: string;
  readonly #clock: Clock;
  readonly #rowsPerSecond: number;

  constructor(input: string, output: string, clock: Clock, rowsPerSecond: number) {
    this.inputs = [[input]];
    this.#output = output;
    this.#clock = clock;
    this.#rowsPerSecond = rowsPerSecond;
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
    const outputs = { records: records.map(output), deadLetters: [] };
    if (this.#rowsPerSecond === Infinity) return outputs;
    return this.#clock.sleep((records.length * 1000) / this.#rowsPerSecond).then(() => outputs);
  }

  poison(_record: InboundRecord, error: unknown): StageOutput {
    throw error;
  }
}
