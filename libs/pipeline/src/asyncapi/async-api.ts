import type { Plan } from '../plan.ts';
import { topicSpecs, type PlannedTopic } from '../topic-specs.ts';
import { eventMessages } from './event-messages.ts';
import type { Message } from './message.ts';
import { writtenMessages } from './written-messages.ts';

const BINDING = { bindingVersion: '0.5.0' } as const;

/** An AsyncAPI 3.0 document of the topics that users write and read; what Millrace keeps to itself is not in it. */
export function asyncApi(plan: Plan): Readonly<Record<string, unknown>> {
  const events = eventMessages(plan);
  const written = writtenMessages(plan);
  const specs = new Map(topicSpecs(plan).map((spec) => [spec.topic, spec]));
  const channel = (topic: string, messages: readonly string[]) => ({
    address: topic,
    messages: Object.fromEntries(messages.map((id) => [id, { $ref: `#/components/messages/${id}` }])),
    bindings: { kafka: { topic, ...topicBinding(specs.get(topic)), ...BINDING } },
  });
  const topics = Object.keys(written) as (keyof typeof written)[];
  return {
    asyncapi: '3.0.0',
    info: {
      title: plan.name,
      version: plan.featureSet,
      description:
        'Events in, predictions out, by Millrace. The version is that of the feature set. Read with isolation.level=read_committed.',
    },
    defaultContentType: 'application/json',
    channels: {
      events: channel(plan.names.events, Object.keys(events)),
      ...Object.fromEntries(topics.map((id) => [id, channel(plan.names[id], [id])])),
    },
    operations: {
      receive_events: operation('receive', 'events'),
      ...Object.fromEntries(topics.map((id) => [`send_${id}`, operation('send', id)])),
    },
    components: { messages: bound({ ...events, ...written }) },
  };
}

/** From Millrace's side: it receives what users write. */
function operation(action: 'receive' | 'send', channel: string) {
  return { action, channel: { $ref: `#/channels/${channel}` } };
}

function topicBinding(spec: PlannedTopic | undefined) {
  if (spec === undefined) return {};
  const { partitions, replication, config } = spec;
  const settings = Object.entries(config).map(([name, value]) => [name, configValue(name, value)]);
  return {
    partitions,
    ...(replication !== null && { replicas: replication }),
    topicConfiguration: Object.fromEntries(settings) as Readonly<Record<string, unknown>>,
  };
}

/** Kafka's settings are texts; the binding has lists and numbers. */
function configValue(name: string, value: string): unknown {
  if (name === 'cleanup.policy') return value.split(',');
  return /^-?\d+$/.test(value) ? Number(value) : value;
}

function bound(messages: Readonly<Record<string, Message>>) {
  return Object.fromEntries(
    Object.entries(messages).map(([id, message]) => [
      id,
      { ...message, bindings: { kafka: { ...message.bindings.kafka, ...BINDING } } },
    ]),
  );
}
