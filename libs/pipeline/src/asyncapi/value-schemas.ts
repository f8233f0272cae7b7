import type { JsonSchema, Plan } from '../plan.ts';

const TEXT = { type: 'string' };
const TEXT_OR_NULL = { type: ['string', 'null'] };
const TIME = { type: 'string', format: 'date-time' };
const NUMBER = { type: 'number' };
const NUMBER_OR_NULL = { type: ['number', 'null'] };
const COUNT = { type: 'integer', minimum: 0 };

/** The JSON values of the topics that users read. What a later version may add is not forbidden. */
export function valueSchemas(plan: Plan): Readonly<Record<string, JsonSchema>> {
  const prediction = predictionFields(plan);
  return {
    prediction: record(prediction),
    outcome: record({ id: TEXT, key: TEXT_OR_NULL, time: TIME, label: NUMBER }),
    example: record({ ...prediction, label: NUMBER, label_time: TIME }, { sample_rate: NUMBER }),
    alert: record(ALERT, { silenced: { const: true }, performance: { type: 'object' } }),
    decision: record(DECISION),
  };
}

function predictionFields({ predict, vector }: Plan): Readonly<Record<string, JsonSchema>> {
  const features = record(Object.fromEntries(vector.map(({ name }) => [name, NUMBER_OR_NULL])));
  return {
    id: TEXT,
    key: TEXT_OR_NULL,
    time: { ...TIME, description: "The request's event time" },
    model: { const: predict.model },
    version: TEXT,
    variant: TEXT,
    feature_set: { type: 'string', pattern: '^[0-9a-f]{8}$' },
    outputs: { type: 'object', additionalProperties: { type: ['number', 'string', 'null'] } },
    ...(predict.includeFeatures && { features }),
    scored_at: { ...TIME, description: "The scorer's wall clock" },
  };
}

const ALERT = {
  id: TEXT,
  group: TEXT,
  signal: TEXT,
  model: TEXT,
  version: TEXT,
  variant: TEXT,
  feature_set: TEXT,
  event: { enum: ['opened', 'worsened', 'reminded', 'resolved'] },
  state: TEXT,
  severity: { enum: ['info', 'warning', 'critical'] },
  opened_at: TIME,
  onset: TIME,
  rows: COUNT,
  window: record({ start: TIME, end: TIME }),
} as const;

const DECISION = {
  decision: { const: 'alias' },
  model: TEXT,
  alias: TEXT,
  version: TEXT,
  before: TEXT_OR_NULL,
  number: COUNT,
  decided_at: TIME,
  decided_by: TEXT,
  ready: COUNT,
} as const;

function record(
  required: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } };
}
