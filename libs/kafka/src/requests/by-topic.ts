import type { TopicPartition } from '@millrace/records';

/** Requests name a topic once and its partitions under it. Keeps the order in which topics first appear. */
export function byTopic<T extends TopicPartition>(
  items: readonly T[],
): readonly (readonly [topic: string, items: readonly T[]])[] {
  return [...Map.groupBy(items, ({ topic }) => topic)];
}
