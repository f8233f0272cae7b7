import { ManualClock } from '@millrace/core/testing';

import type { BatchReport, DropReason } from '../batch-observer.ts';
import { MicroBatcher, type MicroBatcherOptions } from '../micro-batcher.ts';
import type { RowOutcome } from '../row-outcome.ts';
import type { Source } from '../source.ts';
import { ManualExecutor } from './manual-executor.ts';

export interface ManualBatcherOptions extends Partial<
  Pick<MicroBatcherOptions<number, number>, 'maxRows' | 'bytesOf' | 'afterArrivals'>
> {
  readonly executors?: number;
  readonly maxQueuedRows?: number;
  readonly maxQueuedBytes?: number;
}

/** A micro-batcher of numbers, which it doubles, whose time and executors a test moves. Aims at 20 ms. */
export class ManualBatcher {
  readonly clock = new ManualClock();
  readonly held: readonly ManualExecutor<number, number>[];
  readonly reports: BatchReport[] = [];
  readonly dropped: (readonly [Source, DropReason, number])[] = [];
  readonly batcher: MicroBatcher<number, number>;

  constructor({
    executors = 1,
    maxQueuedRows = 100,
    maxQueuedBytes = Infinity,
    ...options
  }: ManualBatcherOptions = {}) {
    this.held = Array.from({ length: executors }, () => new ManualExecutor<number, number>());
    this.batcher = new MicroBatcher({
      executors: this.held,
      clock: this.clock,
      maxRows: 4,
      deadlineMs: 20,
      bounds: { rows: maxQueuedRows, bytes: maxQueuedBytes },
      observer: {
        batch: (report) => this.reports.push(report),
        dropped: (...drop) => this.dropped.push(drop),
      },
      ...options,
    });
  }

  get executor(): ManualExecutor<number, number> {
    return this.held[0] as ManualExecutor<number, number>;
  }

  /** Ends the oldest batch of the executor, well. */
  async finish(executor = this.executor): Promise<void> {
    const batch = executor.next();
    batch.finish(batch.rows.map((row) => row * 2));
    await settled();
  }

  /** Ends one batch after the other until none is left; the rows of each. */
  async finishAll(): Promise<readonly (readonly number[])[]> {
    const batches: (readonly number[])[] = [];
    for (let next = this.executor.held[0]; next; next = this.executor.held[0]) {
      batches.push(next.rows);
      await this.finish();
    }
    return batches;
  }
}

/** Lets everything that is ready run: promises alone, no timers. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** What came of each row: its value or the code of its error. */
export async function values(submitted: Promise<readonly RowOutcome<number>[]>): Promise<readonly unknown[]> {
  return (await submitted).map((outcome) => (outcome.ok ? outcome.value : outcome.error.code));
}
