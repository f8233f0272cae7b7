import { isAppError, type AppError } from '@millrace/core';
import type { TopicPartition } from '@millrace/records';

import type { CommittedPosition, GroupMember } from '../ports/group-member.ts';
import type { LogAdmin } from '../ports/log-admin.ts';
import type { RecordSource } from '../ports/record-source.ts';
import { ranBefore } from './group-notes.ts';
import type { LaneCommit } from './lane-commit.ts';
import { openTask } from './open-task.ts';
import { assertSameCount, countPartitions } from './partition-counts.ts';
import { standing } from './reconcile.ts';
import { restoreRanges, type RestoreRange } from './restore-task.ts';
import type { StageRunnerOptions } from './runner-options.ts';
import { TaskBook } from './task-book.ts';
import { groupIntoTasks, type Task } from './task.ts';
import type { Work } from './work.ts';

export interface TaskKeeperOptions {
  readonly runner: StageRunnerOptions;
  readonly source: RecordSource;
  readonly admin: LogAdmin;
  readonly member: Pick<GroupMember, 'committed'>;
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
  #counts: ReadonlyMap<string, number> = new Map();

  constructor(options: TaskKeeperOptions) {
    this.#options = options;
  }

  /**
   * Looks how many partitions the topics have; after each join.
   *
   * @throws AppError `PARTITIONS_CHANGED` where that takes keys away from their states
   */
  async countPartitions(): Promise<void> {
    const { admin, runner } = this.#options;
    this.#counts = await countPartitions(admin, runner.stage);
    for (const lane of this.book.all().flatMap((task) => task.lanes)) {
      const now = this.#counts.get(lane.topic) ?? 0;
      assertSameCount(runner.stage, lane.topic, lane.partitions, now);
      lane.partitions = now || lane.partitions;
    }
  }

  /**
   * Brings the tasks in line with the assignment and with what was committed.
   *
   * @param inDoubt the work whose transaction's outcome is not known; null without one
   */
  async reconcile(
    assigned: readonly TopicPartition[],
    committed: ReadonlyMap<string, CommittedPosition | null>,
    inDoubt: Work | null,
  ): Promise<void> {
    const wanted = groupIntoTasks(this.#options.runner.stage.inputs, assigned);
    for (const task of this.book.all()) {
      if (wanted.has(task.key)) this.#settle(task, committed, inDoubt);
      else this.#close(task);
    }
    const missing = [...wanted].filter(([key]) => !this.book.get(key));
    if (missing.length > 0) await this.#openAll(missing, committed);
  }

  #settle(task: Task, committed: ReadonlyMap<string, CommittedPosition | null>, inDoubt: Work | null): void {
    const found = standing(task, committed, inDoubt?.ends ?? null);
    if (found === 'elsewhere') return this.#close(task);
    if (found === 'committed') this.acknowledge(task, inDoubt as Work);
    // what was only counted has still to be taken
    if (found === 'not-committed' || (found === 'committed' && inDoubt?.counting === true)) rewind(task);
  }

  async #openAll(
    missing: readonly (readonly [key: string, partitions: readonly TopicPartition[]])[],
    committed: ReadonlyMap<string, CommittedPosition | null>,
  ): Promise<void> {
    const { runner, source, member } = this.#options;
    const opened = missing.flatMap(([, at]) => at);
    const hasRun = await ranBefore(runner, source, opened, committed);
    // a note may be newer than the offsets: we were frozen between the two, and somebody else has committed
    const latest = hasRun.size === 0 ? committed : await member.committed(opened);
    for (const [key, partitions] of missing) {
      const context = {
        stage: runner.stage,
        source,
        committed: latest,
        from: runner.from,
        hasRun,
        counts: this.#counts,
      };
      const { task, ranges } = await openTask(key, partitions, context);
      this.book.add(task);
      this.#restore(task, ranges);
    }
  }

  /** The transaction committed: states settle, positions move. */
  acknowledge(task: Task, { ends, counts, counting }: Work): void {
    if (!counting) task.state.settle();
    for (const lane of task.lanes) {
      if (counting && counts.has(lane)) lane.trial.counted();
      lane.acknowledge(ends.get(lane) as LaneCommit);
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
