import type { MemoryBroker } from '@millrace/memory-log';
import type { TopicPartition } from '@millrace/records';

export function allPartitions({ topics }: MemoryBroker): readonly TopicPartition[] {
  return topics.names().flatMap((topic) => {
    const count = topics.spec(topic)?.partitions ?? 0;
    return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
  });
}
