import type { InboundRecord } from '@millrace/records';

export interface BatchTimes {
  /** `Clock.now()` when the records were taken from the queue. */
  readonly takenAtMs: number;
  readonly processMs: number;
  readonly commitMs: number;
}

/** Who watches a runner: metrics, traces and logs. Must not throw. */
export interface RunnerObserver {
  /** About to be processed; may set `trace` on sampled records. */
  taken?(records: readonly InboundRecord[]): void;
  committed?(
    records: readonly InboundRecord[],
    counts: { outputs: number; deadLetters: number },
    times: BatchTimes,
  ): void;
  /** The transaction of these records did not commit; they come again. */
  abandoned?(records: readonly InboundRecord[]): void;
  /** Something failed and is dealt with. */
  failed?(error: unknown, action: 'retry' | 'rejoin' | 'bisect' | 'fatal'): void;
  assigned?(partitions: readonly string[]): void;
  restored?(task: string, records: number, tookMs: number): void;
}
