import { topicSpecs, type Plan } from '@millrace/pipeline';
import type { Right } from '@millrace/stream';

import { groupIdOf } from '../bootstrap/create-service.ts';
import type { ServiceName } from '../bootstrap/service-options.ts';

interface Topics {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

/** Beside `<p>.control`, which all read and write, and `<p>.dlq`, which all write. */
const TOPICS: Readonly<Record<ServiceName, (plan: Plan) => Topics>> = {
  // its door writes the events that it reads
  ingest: ({ names, stages }) => ({
    read: [names.events],
    write: [names.events, ...stages.map(({ topic }) => topic), names.outcomes, names.joinOutcomes, names.counts],
  }),
  // what one stage says to a request goes to the topic of the one that puts the vector together
  feature: ({ names, stages }) => ({
    read: stages.map(({ topic }) => topic),
    write: [...stages.filter(({ assembler }) => assembler).map(({ topic }) => topic), names.features],
  }),
  scorer: ({ names }) => ({ read: [names.features], write: [names.predictions, names.scored] }),
  monitor: ({ names, monitor }) => ({
    // what is computed again is made of events
    read: [names.scored, names.joinOutcomes, names.counts, names.ledger].concat(monitor.skew > 0 ? names.events : []),
    write: [names.counts, names.ledger, names.examples, names.alerts],
  }),
};

/** Whose lag a service looks up. */
const WATCHED: Readonly<Record<ServiceName, readonly ServiceName[]>> = {
  ingest: ['feature', 'scorer', 'monitor'],
  feature: [],
  scorer: [],
  monitor: [],
};

/**
 * The least that a service's user must be granted on topics that exist, and on groups. Besides, it writes under
 * transactional ids that begin with the name of its group; of these a broker tells only by refusing them.
 */
export function serviceRights(plan: Plan, service: ServiceName): readonly Right[] {
  const { names } = plan;
  const { read, write } = TOPICS[service](plan);
  const onTopics = (operation: Right['operation'], topics: readonly string[]): readonly Right[] =>
    topics.map((name) => ({ kind: 'topic', name, operation }));
  const onGroup = (name: ServiceName, operation: Right['operation']): Right => ({
    kind: 'group',
    name: groupIdOf(name, { plan }),
    operation,
  });
  const all = topicSpecs(plan).map(({ topic }) => topic);
  const used = new Set([...read, ...write, names.control, names.dlq]);
  return [
    ...onTopics('DescribeConfigs', all),
    // Read and Write imply it
    ...onTopics(
      'Describe',
      all.filter((topic) => !used.has(topic)),
    ),
    ...onTopics('Read', [...read, names.control]),
    ...onTopics('Write', [...write, names.control, names.dlq]),
    onGroup(service, 'Read'),
    ...WATCHED[service].map((other) => onGroup(other, 'Describe')),
  ];
}
