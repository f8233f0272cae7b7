import type { InboundRecord, TopicPartition } from '@millrace/records';
import type {
  InputPartition,
  Stage,
  StageOutput,
  StateMarker,
  TakePolicy,
  TaskState,
  WakeResult,
} from '@millrace/stream';

/** Records with this key make the stage fail, after it has processed the whole batch. */
export const BAD_PLACE = 'boom';

function isBad({ key }: InboundRecord): boolean {
  return key?.toString('utf8') === BAD_PLACE;
}

/** A stage that fails on some records only when their neighbours have left their traces in the state. */
export class PoisonedStage implements Stage {
  readonly name: string;
  readonly inputs: readonly (readonly string[])[];
  readonly take?: TakePolicy;
  readonly wakeEveryMs?: number;
  readonly growing?: readonly string[];
  readonly #inner: Stage;

  constructor(inner: Stage) {
    this.#inner = inner;
    this.name = inner.name;
    this.inputs = inner.inputs;
    if (inner.take) this.take = inner.take;
    if (inner.wakeEveryMs !== undefined) this.wakeEveryMs = inner.wakeEveryMs;
    if (inner.growing) this.growing = inner.growing;
  }

  open(task: readonly TopicPartition[]): TaskState {
    return new PoisonedState(this.#inner.open(task));
  }

  close(task: readonly TopicPartition[]): void {
    this.#inner.close(task);
  }

  process(records: readonly InboundRecord[]): StageOutput | Promise<StageOutput> {
    const output = this.#inner.process(records);
    if (records.some(isBad)) throw new Error('boom');
    return output;
  }

  poison(record: InboundRecord, error: unknown): StageOutput {
    return this.#inner.poison(record, error);
  }

  started(lookAgain: () => void): void {
    this.#inner.started?.(lookAgain);
  }

  wake(inputs: readonly InputPartition[]): WakeResult | null {
    return this.#inner.wake?.(inputs) ?? null;
  }
}

/** What failed was given up, and is left out of a restore. */
class PoisonedState implements TaskState {
  readonly #inner: TaskState;

  constructor(inner: TaskState) {
    this.#inner = inner;
  }

  savepoint(): number {
    return this.#inner.savepoint();
  }

  rollback(savepoint: number): void {
    this.#inner.rollback(savepoint);
  }

  settle(): void {
    this.#inner.settle();
  }

  marker(input: TopicPartition): StateMarker {
    return this.#inner.marker(input);
  }

  load(bodies: ReadonlyMap<string, Uint8Array>): void | Promise<void> {
    return this.#inner.load(bodies);
  }

  restore(records: readonly InboundRecord[]): void {
    this.#inner.restore(records.filter((record) => !isBad(record)));
  }

  restored(): void {
    this.#inner.restored();
  }
}
