import type { JsonSchema } from '../plan.ts';

const TEXT = { type: 'string' };
const NUMBER_TEXT = { type: 'string', pattern: '^[0-9]+$' };
const TRACE = {
  type: 'string',
  pattern: '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$',
  description: 'W3C trace context, where the event is sampled',
};

/** Of what Millrace writes: CloudEvents in binary mode. */
export function cloudEventSchema(source: string, types: readonly string[]): JsonSchema {
  const own = {
    ce_specversion: { const: '1.0' },
    ce_type: { enum: types },
    ce_source: { const: source },
    ce_id: TEXT,
    ce_time: { type: 'string', format: 'date-time' },
    'content-type': { const: 'application/json' },
  };
  return { type: 'object', required: Object.keys(own), properties: { ...own, traceparent: TRACE } };
}

/**
 * Of an event in CloudEvents' binary mode.
 *
 * @param needed `ce_id` and `ce_time`, where the pipeline file names no field instead
 */
export function eventHeaderSchema(type: string, needed: readonly string[]): JsonSchema {
  return {
    type: 'object',
    required: ['ce_type', ...needed],
    properties: {
      ce_type: { const: type },
      ce_id: TEXT,
      ce_time: { type: 'string', description: 'RFC 3339 with a zone, or epoch milliseconds' },
      traceparent: { ...TRACE, description: 'W3C trace context that is to be continued' },
    },
  };
}

export const DEAD_LETTER_HEADERS: JsonSchema = {
  type: 'object',
  required: ['stage', 'code', 'reason', 'topic', 'partition', 'offset', 'attempts'].map((name) => `millrace-${name}`),
  properties: {
    'millrace-stage': { enum: ['ingest', 'feature', 'scorer', 'monitor'] },
    'millrace-code': { type: 'string', pattern: '^[A-Z_0-9]+$' },
    'millrace-reason': { type: 'string', maxLength: 2000 },
    'millrace-topic': TEXT,
    'millrace-partition': NUMBER_TEXT,
    'millrace-offset': NUMBER_TEXT,
    'millrace-attempts': NUMBER_TEXT,
    'millrace-truncated': { const: 'true' },
  },
};
