/**
 * Runs a batch of rows: a thread with a model, a process, a test's script. Keeps the order of the batches it is handed,
 * one running and the others ahead.
 */
export interface BatchExecutor<Row, Result> {
  /**
   * One result per row, in order.
   *
   * @throws AppError of class `poison`: some row is to blame; the batch comes again in halves until it is alone. Any
   *   other error: no row is, and all of them fail; of class `retry`: so do those that come soon, unless there is another
   *   executor.
   */
  run(rows: readonly Row[]): Promise<readonly Result[]>;
}
