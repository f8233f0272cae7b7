import type { InboundRecord } from '@millrace/records';
import type { BatchOutput, BatchTimes, RunnerObserver } from '@millrace/stream';

/** Several observers as one, each told in turn. */
export class CombinedObserver implements RunnerObserver {
  readonly #observers: readonly RunnerObserver[];

  constructor(observers: readonly RunnerObserver[]) {
    this.#observers = observers;
  }

  taken(records: readonly InboundRecord[]): void {
    for (const observer of this.#observers) observer.taken?.(records);
  }

  committed(records: readonly InboundRecord[], output: BatchOutput, times: BatchTimes): void {
    for (const observer of this.#observers) observer.committed?.(records, output, times);
  }

  abandoned(records: readonly InboundRecord[]): void {
    for (const observer of this.#observers) observer.abandoned?.(records);
  }

  failed(error: unknown, action: 'retry' | 'rejoin' | 'bisect' | 'fatal'): void {
    for (const observer of this.#observers) observer.failed?.(error, action);
  }

  assigned(partitions: readonly string[]): void {
    for (const observer of this.#observers) observer.assigned?.(partitions);
  }

  restored(task: string, records: number, tookMs: number): void {
    for (const observer of this.#observers) observer.restored?.(task, records, tookMs);
  }
}
