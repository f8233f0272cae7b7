import { partitionKey, type TopicPartition } from '@millrace/records';

import type { TaskState } from '../stage.ts';
import type { InputLane } from './input-lane.ts';

/** Equal partitions of a group of topics, with their one state. */
export interface Task {
  readonly key: string;
  readonly partitions: readonly TopicPartition[];
  readonly state: TaskState;
  /** One per partition, in the same order. */
  readonly lanes: readonly InputLane[];
  /** False while it is being restored. */
  ready: boolean;
  /** Set when the task was taken away or is rebuilt: a restore in progress gives up. */
  closed: boolean;
}

/** Groups assigned partitions into tasks: equal partitions of each group of topics. */
export function groupIntoTasks(
  inputs: readonly (readonly string[])[],
  assigned: readonly TopicPartition[],
): ReadonlyMap<string, readonly TopicPartition[]> {
  const tasks = new Map<string, TopicPartition[]>();
  inputs.forEach((topics, group) => {
    for (const partition of assigned.filter(({ topic }) => topics.includes(topic))) {
      const key = `${group}/${partition.partition}`;
      const task = tasks.get(key);
      if (task) task.push(partition);
      else tasks.set(key, [partition]);
    }
  });
  for (const task of tasks.values()) task.sort((a, b) => (partitionKey(a) < partitionKey(b) ? -1 : 1));
  return tasks;
}
