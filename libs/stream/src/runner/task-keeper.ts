import { isAppError, type AppError } from '@millrace/core';
import type { TopicPartition } from '@millrace/records';

import type { CommittedPosition } from '../ports/group-member.ts';
import type { RecordSource } from '../ports/record-source.ts';
import type { InputLane } from './input-lane.ts';
import { openTask } from './open-task.ts';
import { standing } from './reconcile.ts';
import { restoreRanges, type RestoreRange } from './restore-task.ts';
import type { StageRunnerOptions } from './runner-options.ts';
import { TaskBook } from './task-book.ts';
import { groupIntoTasks, type Task } from './task.ts';

export interface TaskKeeperOptions {
  readonly runner: StageRunnerOptions;
  readonly source: RecordSource;
  /** A task is restored and may be fetched. */
  readonly onReady: () => void;
  /** A restore failed: for good, or to be tried again by the next `reconcile`. */
  readonly onFailed: (error: unknown, again: boolean) => void;
}

/** Opens, restores, settles and closes the tasks of this instance, as the log says. */
export class TaskKeeper {
  readonly book = new TaskBook();
  readonly #options: TaskKeeperOptions;
  readonly #restores = new Set<Promise<void>>();

  constructor(options: TaskKeeperOptions) {
    this.#options = options;
  }

  /**
   * Brings the tasks in line with the assignment and with what was committed.
   *
   * @param inDoubt each lane's end in the transaction whose outcome is not known; null without one
   */
  async reconcile(
    assigned: readonly TopicPartition[],
    committed: ReadonlyMap<string, CommittedPosition | null>,
    inDoubt: ReadonlyMap<InputLane, number> | null,
  ): Promise<void> {
    const { stage, from } = this.#options.runner;
    const wanted = groupIntoTasks(stage.inputs, assigned);
    for (const task of this.book.all()) {
      const found = wanted.has(task.key) ? standing(task, committed, inDoubt) : 'elsewhere';
      if (found === 'elsewhere') this.#close(task);
      else if (found === 'committed') this.acknowledge(task, inDoubt as ReadonlyMap<InputLane, number>);
      else if (found === 'not-committed') rewind(task);
    }
    for (const [key, partitions] of wanted) {
      if (this.book.get(key)) continue;
      const { task, ranges } = await openTask(key, partitions, {
        stage,
        source: this.#options.source,
        committed,
        from: from ?? 'earliest',
      });
      this.book.add(task);
      this.#restore(task, ranges);
    }
  }

  /** The transaction committed: states settle, positions move. */
  acknowledge(task: Task, ends: ReadonlyMap<InputLane, number>): void {
    task.state.settle();
    for (const lane of task.lanes) {
      lane.committed = { offset: ends.get(lane) as number, number: (lane.committed?.number ?? 0) + 1 };
    }
  }

  async closeAll(): Promise<void> {
    for (const task of this.book.all()) this.#close(task);
    await Promise.allSettled(this.#restores);
  }

  #close(task: Task): void {
    this.book.remove(task);
    this.#options.runner.stage.close(task.partitions);
  }

  /** In the background of the other tasks. */
  #restore(task: Task, ranges: readonly RestoreRange[]): void {
    const { runner, source, onReady } = this.#options;
    const startedAt = runner.clock.elapsed();
    // whoever said where to start has agreed to go on with what is left
    const onGap = (gap: AppError): void => runner.observer?.failed?.(gap, 'retry');
    const accepted = runner.from === undefined ? {} : { onGap };
    const restoring = restoreRanges({ source, state: task.state, ranges, task, ...accepted })
      .then((records) => {
        if (task.closed) return;
        task.state.settle();
        task.ready = true;
        runner.observer?.restored?.(task.key, records, runner.clock.elapsed() - startedAt);
        onReady();
      })
      .catch((error: unknown) => this.#restoreFailed(task, error))
      .finally(() => this.#restores.delete(restoring));
    this.#restores.add(restoring);
  }

  #restoreFailed(task: Task, error: unknown): void {
    if (task.closed) return;
    const again = isAppError(error) && error.class === 'retry';
    if (again) this.#close(task);
    this.#options.onFailed(error, again);
  }
}

/** Nothing of the batch happened; it is read again. */
function rewind(task: Task): void {
  task.state.rollback(0);
  for (const lane of task.lanes) lane.rewind();
}
