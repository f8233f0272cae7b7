import type { Plan } from '@millrace/pipeline';
import { groupIdOf, type WatchedGroup } from '@millrace/platform';

/** The groups behind ingest, with what they read: ingest stops taking input while one is too far behind. */
export function laterStages(plan: Plan): readonly WatchedGroup[] {
  const { names, stages, topics } = plan;
  const all = (topic: string) => Array.from({ length: topics.partitions }, (_, partition) => ({ topic, partition }));
  return [
    { groupId: groupIdOf('feature', { plan }), partitions: stages.flatMap(({ topic }) => all(topic)) },
    { groupId: groupIdOf('scorer', { plan }), partitions: all(names.features) },
    {
      groupId: groupIdOf('monitor', { plan }),
      partitions: [...all(names.scored), ...all(names.joinOutcomes), { topic: names.counts, partition: 0 }],
    },
  ];
}
