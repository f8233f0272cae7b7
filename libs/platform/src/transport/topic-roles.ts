import type { Plan } from '@millrace/pipeline';

/** Role of a topic, as `@Consumes` names it, by the topic's name in the log. */
export type TopicRoles = ReadonlyMap<string, string>;

/** Topics that stages read: `events`, `by` (of every keyed stage), `features`, `scored`, `outcomes`, `counts`. */
export function topicRoles({ names, stages }: Plan): TopicRoles {
  return new Map([
    [names.events, 'events'],
    ...stages.map(({ topic }) => [topic, 'by'] as const),
    [names.features, 'features'],
    [names.scored, 'scored'],
    [names.joinOutcomes, 'outcomes'],
    [names.counts, 'counts'],
  ]);
}
