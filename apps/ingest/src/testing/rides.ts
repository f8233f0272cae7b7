import { parsePipeline, type Plan } from '@millrace/pipeline';
import type { Headers, InboundRecord } from '@millrace/records';

const PIPELINE = `
apiVersion: millrace/v1
name: rides
topics: { partitions: 2 }
events:
  asked: { schema: asked.json, id: id, time: at }
  ended: { schema: ended.json, id: id, time: at }
  seen:  { schema: seen.json }
  max_bytes: 2kB
predict: { on: asked, key: rider, model: fare }
features:
  - { name: zone_ended_1h, from: ended, by: [zone], over: 1h, take: count }
  - { name: rider_fare_1h, from: ended, by: [rider], over: 1h, take: mean, of: "60.0 / fare" }
  - { name: distance, value: distance }
outcome: { from: ended, id: id, label: "fare >= 20.0", within: 6h }
`;

const text = { type: 'string' };
const SCHEMAS: Readonly<Record<string, unknown>> = {
  'asked.json': {
    type: 'object',
    properties: { id: text, at: text, rider: { type: ['string', 'null'] }, zone: text, distance: { type: 'number' } },
    required: ['id', 'at', 'rider', 'zone', 'distance'],
    additionalProperties: false,
  },
  'ended.json': {
    type: 'object',
    properties: { id: text, at: text, rider: text, zone: text, fare: { type: ['number', 'null'] } },
    required: ['id', 'at', 'rider', 'zone', 'fare'],
    additionalProperties: false,
  },
  'seen.json': { type: 'object' },
};

/** A pipeline with two keyed stages, an outcome, and a type whose id and time are in CloudEvents headers. */
export function ridesPlan(label = 'fare >= 20.0', over = '1h'): Promise<Plan> {
  return parsePipeline(PIPELINE.replace('fare >= 20.0', label).replaceAll('over: 1h', `over: ${over}`), {
    file: 'rides.yaml',
    folder: '/nowhere',
    read: async (path) => JSON.stringify(SCHEMAS[path]),
  });
}

/** 2026-01-01T00:00:00Z. */
export const NEW_YEAR = 1767225600000;

export const iso = (ms: number): string => new Date(ms).toISOString();

export interface RideRecord {
  readonly value: unknown;
  readonly partition?: number;
  readonly offset?: number;
  readonly timestamp?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A record of `rides.events`; a value that is no Buffer is written as JSON. */
export function rideRecord({
  value,
  partition = 0,
  offset = 0,
  timestamp = NEW_YEAR,
  headers = {},
}: RideRecord): InboundRecord {
  const bytes = value === null || Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
  const pairs: Headers = Object.entries(headers).map(([name, header]) => [name, Buffer.from(header)]);
  return { topic: 'rides.events', partition, offset, timestamp, key: null, value: bytes, headers: pairs };
}

export const asked = (
  at: number,
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  type: 'asked',
  id: `ask-${at}`,
  at: iso(at),
  rider: 'ann',
  zone: 'north',
  distance: 3,
  ...fields,
});

export const ended = (
  at: number,
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  type: 'ended',
  id: `end-${at}`,
  at: iso(at),
  rider: 'ann',
  zone: 'north',
  fare: 30,
  ...fields,
});

export const watermark = (
  before: number,
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  type: 'millrace.watermark',
  promise: 'p1',
  before,
  partitions: [0, 1],
  ...fields,
});
