import type { Clock } from '@millrace/core';
import type { InboundRecord } from '@millrace/records';

import type { Stage, StageOutput, TakePolicy } from '../stage.ts';
import type { InputLane } from './input-lane.ts';
import type { StartFrom } from './runner-options.ts';
import { takeInRotation } from './take-in-rotation.ts';
import type { TaskBook } from './task-book.ts';
import type { Work } from './work.ts';

export interface WorkPickerOptions {
  readonly stage: Stage;
  readonly clock: Clock;
  readonly book: TaskBook;
  /** Most bytes of one batch. */
  readonly bytes: number;
  /** Where partitions begin that were never committed. */
  readonly from: StartFrom | undefined;
  /** Queues have room again. */
  readonly onTaken: () => void;
}

/** Step 1: what the next transaction is made of. */
export class WorkPicker {
  readonly #options: WorkPickerOptions;
  readonly #take: TakePolicy;
  #wokeAtMs = 0;
  /** Suspect records are taken one by one, in turn with batches of the others. */
  #suspectsTurn = true;

  constructor(options: WorkPickerOptions) {
    this.#options = options;
    this.#take = options.stage.take?.bind(options.stage) ?? takeInRotation();
  }

  /** What the stage has to say by itself when its time has come, else what was fetched; null when there is nothing. */
  next(records: number): Work | null {
    const { book } = this.#options;
    const start = this.#start();
    if (start) return start;
    const suspects = book.readyLanes().filter((lane) => lane.trial.isSuspect);
    if (suspects.length === 0) return this.#wake() ?? this.#fetched(book.readyLanes(), records);
    this.#suspectsTurn = !this.#suspectsTurn;
    const alone = (): Work | null => this.#alone(suspects);
    const others = book.readyLanes().filter((lane) => !lane.trial.isSuspect);
    const together = (): Work | null => this.#fetched(others, records);
    return this.#wake() ?? (this.#suspectsTurn ? (alone() ?? together()) : (together() ?? alone()));
  }

  /** No records: for a commit of markers alone. */
  nothingOf(lanes: readonly InputLane[]): Work {
    return this.#work([], new Map(lanes.map((lane) => [lane, 0])), null);
  }

  /** The end of a partition is a later one for whoever has it next: where one begins there, that is committed first. */
  #start(): Work | null {
    const { book, from } = this.#options;
    const lanes = from === 'latest' ? book.readyLanes().filter(({ committed }) => committed === null) : [];
    return lanes.length === 0 ? null : { ...this.nothingOf(lanes), output: { records: [], deadLetters: [] } };
  }

  #wake(): Work | null {
    const { stage, clock, book } = this.#options;
    if (!stage.wake || clock.elapsed() - this.#wokeAtMs < (stage.wakeEveryMs ?? 1000)) return null;
    this.#wokeAtMs = clock.elapsed();
    const result = stage.wake(book.readyLanes());
    if (!result) return null;
    const lanes = result.partitions.flatMap((partition) => book.lane(partition) ?? []);
    return { ...this.nothingOf(lanes), output: result.output };
  }

  #fetched(lanes: readonly InputLane[], limit: number): Work | null {
    return this.#taken(this.#take(lanes, { records: limit, bytes: this.#options.bytes }));
  }

  #alone(suspects: readonly InputLane[]): Work | null {
    return this.#taken(suspects.flatMap((lane) => lane.queued[0] ?? []).slice(0, 1));
  }

  #taken(records: readonly InboundRecord[]): Work | null {
    const { book, onTaken } = this.#options;
    if (records.length === 0) return null;
    const counts = book.group(records);
    for (const [lane, count] of counts) lane.shift(count);
    onTaken();
    return this.#work(records, counts, null);
  }

  #work(records: readonly InboundRecord[], counts: ReadonlyMap<InputLane, number>, output: StageOutput | null): Work {
    const { book, clock } = this.#options;
    const tasks = [...new Set([...counts.keys()].flatMap((lane) => book.taskOf(lane) ?? []))];
    const ends = new Map(tasks.flatMap((task) => task.lanes).map((lane) => [lane, null]));
    return { records, counts, tasks, takenAtMs: clock.now(), ends, output, gaveUp: false, counting: false };
  }
}
