import { partitionKey, type OutboundRecord, type TopicPartition } from '@millrace/records';

import type { CommittedPosition } from '../ports/group-member.ts';
import type { RecordSource } from '../ports/record-source.ts';
import { latestByKey } from '../read-latest.ts';
import type { StageRunnerOptions } from './runner-options.ts';
import type { Work } from './work.ts';

/**
 * Which partitions a group has read, noted in the compacted `<p>.control`. Committed offsets are forgotten by the broker
 * when a group rests for long; without the note such a group would quietly start over.
 */
const PREFIX = 'group:';

function noteKey(groupId: string, at: TopicPartition): string {
  return `${PREFIX}${groupId}:${partitionKey(at)}`;
}

/**
 * Goes with the second commit of a partition, when there is an offset already: also where records and positions are not
 * one transaction, no note is ever ahead of the offset that it speaks of.
 */
export function groupNotes({ groupId, control }: StageRunnerOptions, { tasks }: Work): readonly OutboundRecord[] {
  if (control === undefined) return [];
  const lanes = tasks.flatMap((task) => task.lanes).filter((lane) => lane.committed?.number === 1);
  return lanes.map(({ topic, partition }) => ({
    topic: control,
    partition: 0,
    key: noteKey(groupId, { topic, partition }),
    value: JSON.stringify({ group: groupId, topic, partition }),
  }));
}

/** Of the partitions that have no committed offset, those that the group has read before, by `partitionKey`. */
export async function ranBefore(
  { groupId, control }: StageRunnerOptions,
  source: RecordSource,
  partitions: readonly TopicPartition[],
  committed: ReadonlyMap<string, CommittedPosition | null>,
): Promise<ReadonlySet<string>> {
  const fresh = partitions.filter((at) => !committed.get(partitionKey(at)));
  if (control === undefined || fresh.length === 0) return new Set();
  const notes = await latestByKey(source, control, (key) => key.startsWith(`${PREFIX}${groupId}:`));
  return new Set(fresh.filter((at) => notes.get(noteKey(groupId, at))).map(partitionKey));
}
