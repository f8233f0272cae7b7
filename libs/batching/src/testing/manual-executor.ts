import type { BatchExecutor } from '../batch-executor.ts';

/** A batch that has been handed over and waits for the test to end it. */
export interface HeldBatch<Row, Result> {
  readonly rows: readonly Row[];
  finish(results: readonly Result[]): void;
  fail(error: unknown): void;
}

/** Holds every batch until the test ends it. */
export class ManualExecutor<Row, Result> implements BatchExecutor<Row, Result> {
  readonly held: HeldBatch<Row, Result>[] = [];

  run(rows: readonly Row[]): Promise<readonly Result[]> {
    return new Promise((finish, fail) => this.held.push({ rows, finish, fail }));
  }

  /** Takes the oldest batch that is held. */
  next(): HeldBatch<Row, Result> {
    const batch = this.held.shift();
    if (!batch) throw new Error('no batch was handed over');
    return batch;
  }
}
