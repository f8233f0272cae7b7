const TEXT = { type: 'string' } as const;
const EVENT = { type: 'object', description: 'An event; the pipeline file says which there are' } as const;
const list = <Items extends object>(items: Items) => ({ type: 'array', items }) as const;
const object = (required: Readonly<Record<string, object>>, optional: Readonly<Record<string, object>> = {}) => ({
  type: 'object',
  properties: { ...required, ...optional },
  required: Object.keys(required),
});
const CLOUD_EVENT = object({ type: TEXT, data: EVENT }, { specversion: TEXT, source: TEXT, id: TEXT, time: TEXT });
const LINES = { type: 'string', description: 'An event a line' } as const;

/** Parts of the OpenAPI document. */
export const EVENTS_BODY = {
  required: true,
  content: {
    'application/json': { schema: { oneOf: [EVENT, list(EVENT)] } },
    'application/x-ndjson': { schema: LINES },
    'application/ndjson': { schema: LINES },
    'application/jsonl': { schema: LINES },
    'application/cloudevents+json': { schema: CLOUD_EVENT },
    'application/cloudevents-batch+json': { schema: list(CLOUD_EVENT) },
  },
};

const ACCEPTED = list(TEXT);

export const ACCEPTED_ANSWER = {
  status: 202,
  description: 'The log has all of them: their ids, in their order',
  content: { 'application/json': { schema: object({ accepted: ACCEPTED }) } },
};

/** What a problem document has beside the usual where some events were refused. */
export const REFUSED_EVENTS = {
  accepted: ACCEPTED,
  errors: list(object({ index: { type: 'integer' }, id: { ...TEXT, nullable: true }, code: TEXT, detail: TEXT })),
};
