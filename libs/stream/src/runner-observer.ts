import type { DeadLetter, InboundRecord } from '@millrace/records';

export interface BatchTimes {
  /** `Clock.now()` when the records were taken from the queue. */
  readonly takenAtMs: number;
  readonly processMs: number;
  readonly commitMs: number;
}

/** What a transaction held, beside positions. */
export interface BatchOutput {
  /** How many records, dead letters apart. */
  readonly outputs: number;
  readonly deadLetters: readonly DeadLetter[];
  /** See `StageOutput`. */
  readonly eventTimes: readonly number[];
}

/** Who watches a runner: metrics, traces and logs. Must not throw. */
export interface RunnerObserver {
  /** About to be processed; may set `trace` on sampled records. */
  taken?(records: readonly InboundRecord[]): void;
  committed?(records: readonly InboundRecord[], output: BatchOutput, times: BatchTimes): void;
  /** The transaction of these records did not commit; they come again. */
  abandoned?(records: readonly InboundRecord[]): void;
  /** Something failed and is dealt with. */
  failed?(error: unknown, action: 'retry' | 'rejoin' | 'bisect' | 'fatal'): void;
  assigned?(partitions: readonly string[]): void;
  restored?(task: string, records: number, tookMs: number): void;
}
