import type { InboundRecord, TopicPartition } from '@millrace/records';
import type { InputPartition, Stage, StageOutput, TakePolicy, TaskState, WakeResult } from '@millrace/stream';

export interface OpenTask {
  readonly partitions: readonly TopicPartition[];
  readonly state: TaskState;
}

/** A stage whose open states can be looked at. */
export class WatchedStage implements Stage {
  readonly name: string;
  readonly inputs: readonly (readonly string[])[];
  readonly take?: TakePolicy;
  readonly wakeEveryMs?: number;
  readonly growing?: readonly string[];
  readonly inner: Stage;
  readonly tasks = new Map<string, OpenTask>();

  constructor(inner: Stage) {
    this.inner = inner;
    this.name = inner.name;
    this.inputs = inner.inputs;
    if (inner.take) this.take = inner.take;
    if (inner.wakeEveryMs !== undefined) this.wakeEveryMs = inner.wakeEveryMs;
    if (inner.growing) this.growing = inner.growing;
  }

  open(partitions: readonly TopicPartition[]): TaskState {
    const state = this.inner.open(partitions);
    this.tasks.set(taskKey(partitions), { partitions, state });
    return state;
  }

  close(partitions: readonly TopicPartition[]): void {
    this.tasks.delete(taskKey(partitions));
    this.inner.close(partitions);
  }

  process(records: readonly InboundRecord[]): StageOutput | Promise<StageOutput> {
    return this.inner.process(records);
  }

  poison(record: InboundRecord, error: unknown): StageOutput {
    return this.inner.poison(record, error);
  }

  started(lookAgain: () => void): void {
    this.inner.started?.(lookAgain);
  }

  joined(memberId: string): void {
    this.inner.joined?.(memberId);
  }

  wake(inputs: readonly InputPartition[]): WakeResult | null {
    return this.inner.wake?.(inputs) ?? null;
  }
}

export function taskKey(partitions: readonly TopicPartition[]): string {
  return partitions.map(({ topic, partition }) => `${topic}/${partition}`).join('+');
}
