import type { EventPlan, JsonSchema, Plan } from '../plan.ts';
import { eventHeaderSchema } from './header-schemas.ts';
import type { Message } from './message.ts';

const FORMAT = 'application/schema+json;version=draft-2020-12';

/** A message per event type, with its schema from the file. */
export function eventMessages({ events }: Plan): Readonly<Record<string, Message>> {
  return Object.fromEntries(events.map((event) => [`event.${event.type}`, eventMessage(event)]));
}

function eventMessage({ type, id, time, schema }: EventPlan): Message {
  const needed = [...(id === null ? ['ce_id'] : []), ...(time === null ? ['ce_time'] : [])];
  return {
    name: type,
    description:
      'In CloudEvents’ binary mode. Also allowed: the type as a field `type` beside those of the schema instead of the header ce_type, ' +
      'or structured mode (content-type application/cloudevents+json) with the payload as `data`. ' +
      `The id is in ${id ?? 'the header ce_id'}, the event time in ${time ?? 'the header ce_time'}.`,
    contentType: 'application/json',
    headers: eventHeaderSchema(type, needed),
    payload: { schemaFormat: FORMAT, schema: rebased(schema, `#/components/messages/event.${type}/payload/schema`) },
    bindings: {
      kafka: { key: { type: ['string', 'null'], description: 'Any: events with one key keep their order' } },
    },
  };
}

/** References inside a schema begin at the document's root, which is no longer its own. */
function rebased(schema: JsonSchema, root: string): JsonSchema {
  const text = JSON.stringify(schema, (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' && value.startsWith('#') ? root + value.slice(1) : value,
  );
  return JSON.parse(text) as JsonSchema;
}
