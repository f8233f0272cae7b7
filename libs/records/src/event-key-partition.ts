import { partitionOf } from './murmur2.ts';

/** The partition of what belongs to an entity: by its key, or by the event's id where it has none. */
export function eventKeyPartition(key: string | null, id: string, partitions: number): number {
  return partitionOf(key ?? id, partitions);
}
