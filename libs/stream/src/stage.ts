import type { DeadLetter, InboundRecord, OutboundRecord, TopicPartition } from '@millrace/records';

/** What processing some records leads to. It is sent and committed as a whole or not at all. */
export interface StageOutput {
  readonly records: readonly OutboundRecord[];
  readonly deadLetters: readonly DeadLetter[];
  /** For metrics: the times (epoch milliseconds) of the events that the records above come of, as far as the stage knows them. */
  readonly eventTimes?: readonly number[];
}

/** Several outputs as one, in their order. */
export function joinOutputs(outputs: readonly StageOutput[]): StageOutput {
  const [first] = outputs;
  if (first && outputs.length === 1) return first;
  return {
    records: outputs.flatMap(({ records }) => records),
    deadLetters: outputs.flatMap(({ deadLetters }) => deadLetters),
    eventTimes: outputs.flatMap(({ eventTimes = [] }) => eventTimes),
  };
}

/** What the runner has fetched of one input partition and not yet handed over. */
export interface InputPartition extends TopicPartition {
  /** Fetched and waiting, in offset order. */
  readonly queued: readonly InboundRecord[];
  /** Offset of the next record to hand over. */
  readonly position: number;
  /** Last stable offset as of the latest fetch: `position < lastStable` means that more is coming. */
  readonly lastStable: number;
  /** `Clock.elapsed()` since when it has been read to its last stable offset; null while it has not. */
  readonly idleSinceMs: number | null;
}

export interface TakeLimits {
  readonly records: number;
  readonly bytes: number;
}

/** Which of the waiting records are processed next, and in which order. Of each partition a prefix of its queue. */
export type TakePolicy = (inputs: readonly InputPartition[], limits: TakeLimits) => readonly InboundRecord[];

/** What a stage does by itself, without a record: ingest alone, whose clocks advance with the wall clock. */
export interface WakeResult {
  readonly output: StageOutput;
  /** The partitions whose markers have changed. */
  readonly partitions: readonly TopicPartition[];
}

/** What a commit keeps of a partition's state, beside its offset. */
export interface StateMarker {
  /** The least offset of anything that the partition keeps; null when it keeps nothing. */
  readonly keepFrom: number | null;
  /** The stage's own: clocks, promises, horizon. Small: all markers of a partition must fit 3 kB. */
  readonly body: Uint8Array;
}

/**
 * The state of one task: one partition, or the equal partitions of topics that are joined. All changes between two
 * `settle` calls can be taken back (see `Journal` in `@millrace/core`).
 */
export interface TaskState {
  savepoint(): number;
  rollback(savepoint: number): void;
  /** The transaction was acknowledged: forget how to go back; drop what is no longer needed. */
  settle(): void;
  marker(input: TopicPartition): StateMarker;
  /** Once, before `restore`: the markers' bodies of the last commit by `partitionKey`. Absent: nothing committed yet. */
  load(bodies: ReadonlyMap<string, Uint8Array>): void | Promise<void>;
  /** Applies records between the marker and the committed offset again, and emits nothing. */
  restore(records: readonly InboundRecord[]): void;
  /** All of it has been read. */
  restored(): void;
}

/**
 * A stage: a function over batches of records, and the states that it works on. The runner owns everything else:
 * fetching, transactions, offsets, retries, recovery.
 */
export interface Stage {
  readonly name: string;
  /** Topics to read, grouped: equal partitions of a group's topics make one task and stay together. */
  readonly inputs: readonly (readonly string[])[];
  /** Topics of these that may get more partitions, since their keys are not ours. */
  readonly growing?: readonly string[];
  /** Where a partition begins that the group has never committed; null: where the runner's options say. */
  startAt?(partition: TopicPartition): number | null;
  /** A fresh, empty state for a task that this instance takes over. */
  open(task: readonly TopicPartition[]): TaskState;
  /** The task went to another instance, or is rebuilt. */
  close(task: readonly TopicPartition[]): void;
  /** Throws to refuse the batch; the runner then bisects it to find the culprits. */
  process(records: readonly InboundRecord[]): StageOutput | Promise<StageOutput>;
  /** What becomes of a record that fails alone: a dead letter, or an error that travels on. */
  poison(record: InboundRecord, error: unknown): StageOutput;
  readonly take?: TakePolicy;
  /** Once, before anything else: what to call when `take` may answer otherwise although nothing was fetched. */
  started?(lookAgain: () => void): void;
  /** This instance is that member of its group; again after each rebalance. */
  joined?(memberId: string): void;
  /** Called about every `wakeEveryMs`, between batches. */
  wake?(inputs: readonly InputPartition[]): WakeResult | null;
  readonly wakeEveryMs?: number;
}
