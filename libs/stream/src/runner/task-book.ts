import type { InboundRecord, TopicPartition } from '@millrace/records';

import type { InputLane } from './input-lane.ts';
import type { RunnerStatus } from './runner-options.ts';
import type { Task } from './task.ts';

/** The tasks of this instance, found by key, by lane and by record. */
export class TaskBook {
  readonly #tasks = new Map<string, Task>();
  #lanes = new Map<string, (InputLane | undefined)[]>();
  #owner = new Map<InputLane, Task>();

  get(key: string): Task | undefined {
    return this.#tasks.get(key);
  }

  all(): readonly Task[] {
    return [...this.#tasks.values()];
  }

  add(task: Task): void {
    this.#tasks.set(task.key, task);
    this.#index();
  }

  remove(task: Task): void {
    task.closed = true;
    this.#tasks.delete(task.key);
    this.#index();
  }

  status(): Pick<RunnerStatus, 'assigned' | 'restoring' | 'lagRecords' | 'lags'> {
    const lags = this.all().flatMap((task) => task.lanes.map((lane) => lane.lag));
    return {
      assigned: lags.length,
      restoring: this.all().filter((task) => !task.ready).length,
      lagRecords: lags.reduce((sum, { records }) => sum + records, 0),
      lags,
    };
  }

  /** Lanes whose task is restored: those that may be fetched and processed. */
  readyLanes(): readonly InputLane[] {
    return this.all().flatMap((task) => (task.ready ? task.lanes : []));
  }

  lane({ topic, partition }: TopicPartition): InputLane | undefined {
    return this.#lanes.get(topic)?.[partition];
  }

  taskOf(lane: InputLane): Task | undefined {
    return this.#owner.get(lane);
  }

  /** The tasks that the records belong to, and how many records each lane hands over. */
  group(records: readonly InboundRecord[]): ReadonlyMap<InputLane, number> {
    const counts = new Map<InputLane, number>();
    for (const record of records) {
      const lane = this.lane(record);
      if (lane) counts.set(lane, (counts.get(lane) ?? 0) + 1);
    }
    return counts;
  }

  #index(): void {
    this.#lanes = new Map();
    this.#owner = new Map();
    for (const task of this.#tasks.values()) {
      for (const lane of task.lanes) {
        const lanes = this.#lanes.get(lane.topic) ?? [];
        lanes[lane.partition] = lane;
        this.#lanes.set(lane.topic, lanes);
        this.#owner.set(lane, task);
      }
    }
  }
}
