import type { Plan } from '../plan.ts';
import { cloudEventSchema, DEAD_LETTER_HEADERS } from './header-schemas.ts';
import type { Message } from './message.ts';
import { valueSchemas } from './value-schemas.ts';

const ALERT_TYPES = ['opened', 'worsened', 'reminded', 'resolved'].map((event) => `millrace.incident.${event}`);
const ANYTHING = { type: ['string', 'null'] };

/** What users read, by the topic that has it (`TopicNames`). */
export function writtenMessages(
  plan: Plan,
): Readonly<Record<'predictions' | 'outcomes' | 'examples' | 'alerts' | 'dlq' | 'decisions', Message>> {
  const { name, predict } = plan;
  const values = valueSchemas(plan);
  const json = (
    value: string,
    description: string,
    types: readonly string[] | null,
    key: string,
    nullable = true,
  ): Message => ({
    name: value,
    description,
    contentType: 'application/json',
    headers: types === null ? { type: 'object' } : cloudEventSchema(`/millrace/${name}`, types),
    payload: values[value] ?? {},
    bindings: { kafka: { key: { ...(nullable ? ANYTHING : { type: 'string' }), description: key } } },
  });
  return {
    predictions: json('prediction', 'One per request, exactly one', ['millrace.prediction'], predict.key),
    outcomes: json('outcome', 'What really happened, one per resend', ['millrace.outcome'], predict.key),
    examples: json('example', 'A prediction and its outcome', ['millrace.example'], predict.key),
    alerts: json('alert', 'What becomes of an incident', ALERT_TYPES, "The incident's id", false),
    decisions: json('decision', 'Who decided what', null, 'What it is about', false),
    dlq: {
      name: 'dead_letter',
      description: 'What a service gave up; beside the headers below are those of the event',
      headers: DEAD_LETTER_HEADERS,
      payload: { description: 'The untouched bytes where ingest refused the event, else none' },
      bindings: { kafka: { key: { ...ANYTHING, description: 'As received, or that of the stage that gave it up' } } },
    },
  };
}
