import type { Clock } from '@millrace/core';
import type { InboundRecord } from '@millrace/records';

import type { Stage, StageOutput, TakePolicy } from '../stage.ts';
import type { InputLane } from './input-lane.ts';
import { takeInRotation } from './take-in-rotation.ts';
import type { TaskBook } from './task-book.ts';
import type { Task } from './task.ts';

/** Something to be made one transaction of. */
export interface Work {
  readonly records: readonly InboundRecord[];
  /** All whose states are touched. */
  readonly tasks: readonly Task[];
  readonly takenAtMs: number;
  /** Each lane's end in the transaction: NaN until it is sent. */
  readonly ends: Map<InputLane, number>;
  /** Given where the stage woke by itself; otherwise processing the records gives it. */
  readonly output: StageOutput | null;
}

export interface WorkPickerOptions {
  readonly stage: Stage;
  readonly clock: Clock;
  readonly book: TaskBook;
  /** Most bytes of one batch. */
  readonly bytes: number;
  /** Queues have room again. */
  readonly onTaken: () => void;
}

/** Step 1: what the next transaction is made of. */
export class WorkPicker {
  readonly #options: WorkPickerOptions;
  readonly #take: TakePolicy;
  #wokeAtMs = 0;

  constructor(options: WorkPickerOptions) {
    this.#options = options;
    this.#take = options.stage.take?.bind(options.stage) ?? takeInRotation();
  }

  /** What the stage has to say by itself when its time has come, else what was fetched; null when there is nothing. */
  next(records: number): Work | null {
    return this.#wake() ?? this.#fetched(records);
  }

  #wake(): Work | null {
    const { stage, clock, book } = this.#options;
    if (!stage.wake || clock.elapsed() - this.#wokeAtMs < (stage.wakeEveryMs ?? 1000)) return null;
    this.#wokeAtMs = clock.elapsed();
    const result = stage.wake(book.readyLanes());
    if (!result) return null;
    const lanes = result.partitions.flatMap((partition) => book.lane(partition) ?? []);
    return this.#work([], lanes, result.output);
  }

  #fetched(limit: number): Work | null {
    const { book, bytes, onTaken } = this.#options;
    const records = this.#take(book.readyLanes(), { records: limit, bytes });
    if (records.length === 0) return null;
    const counts = book.group(records);
    for (const [lane, count] of counts) lane.shift(count);
    onTaken();
    return this.#work(records, [...counts.keys()], null);
  }

  #work(records: readonly InboundRecord[], lanes: readonly InputLane[], output: StageOutput | null): Work {
    const { book, clock } = this.#options;
    const tasks = [...new Set(lanes.flatMap((lane) => book.taskOf(lane) ?? []))];
    const ends = new Map(tasks.flatMap((task) => task.lanes).map((lane) => [lane, Number.NaN]));
    return { records, tasks, takenAtMs: clock.now(), ends, output };
  }
}
