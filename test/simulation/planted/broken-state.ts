import type { InboundRecord, TopicPartition } from '@millrace/records';
import type { InputPartition, Stage, StageOutput, TakePolicy, TaskState, WakeResult } from '@millrace/stream';

/** A stage whose states have lost a method or two. */
export class StageOfBrokenStates implements Stage {
  readonly name: string;
  readonly inputs: readonly (readonly string[])[];
  readonly take?: TakePolicy;
  readonly wakeEveryMs?: number;
  readonly growing?: readonly string[];
  readonly #inner: Stage;
  readonly #broken: (real: TaskState) => Partial<TaskState>;

  constructor(inner: Stage, broken: Partial<TaskState> | ((real: TaskState) => Partial<TaskState>)) {
    this.#inner = inner;
    this.#broken = typeof broken === 'function' ? broken : () => broken;
    this.name = inner.name;
    this.inputs = inner.inputs;
    if (inner.take) this.take = inner.take;
    if (inner.wakeEveryMs !== undefined) this.wakeEveryMs = inner.wakeEveryMs;
    if (inner.growing) this.growing = inner.growing;
  }

  open(task: readonly TopicPartition[]): TaskState {
    const state = this.#inner.open(task);
    return {
      savepoint: () => state.savepoint(),
      rollback: (savepoint) => state.rollback(savepoint),
      settle: () => state.settle(),
      marker: (input) => state.marker(input),
      load: (bodies) => state.load(bodies),
      restore: (records) => state.restore(records),
      restored: () => state.restored(),
      ...this.#broken(state),
    };
  }

  close(task: readonly TopicPartition[]): void {
    this.#inner.close(task);
  }

  process(records: readonly InboundRecord[]): StageOutput | Promise<StageOutput> {
    return this.#inner.process(records);
  }

  poison(record: InboundRecord, error: unknown): StageOutput {
    return this.#inner.poison(record, error);
  }

  started(lookAgain: () => void): void {
    this.#inner.started?.(lookAgain);
  }

  joined(memberId: string): void {
    this.#inner.joined?.(memberId);
  }

  wake(inputs: readonly InputPartition[]): WakeResult | null {
    return this.#inner.wake?.(inputs) ?? null;
  }
}
