import { isJsonObject, parseJsonObject, type JsonObject } from './json-object.ts';
import { headerText, type InboundRecord } from './record.ts';
import { reject, type Rejection } from './rejection.ts';

/** A payload, and what was said about it: the attributes of CloudEvents, or the field `type`. */
export interface EventEnvelope {
  readonly kind?: undefined;
  readonly type: string;
  /** `ce_id` and `ce_time`, where there are any. */
  readonly id: unknown;
  readonly time: unknown;
  /** Without a field `type` that only names the type. */
  readonly payload: JsonObject;
}

export const STRUCTURED = 'application/cloudevents+json';

/**
 * Opens a record of `<p>.events`: CloudEvents in structured or binary mode (Kafka Protocol Binding 1.0.2), else JSON with
 * a field `type`.
 */
export function openEvent({ value, headers }: Pick<InboundRecord, 'value' | 'headers'>): EventEnvelope | Rejection {
  const parsed = parseJsonObject(value);
  if ('kind' in parsed) return parsed;
  const { object } = parsed;
  if (headers.length === 0) return plainEnvelope(object);
  if (headerText(headers, 'content-type')?.startsWith(STRUCTURED) === true) return structuredEnvelope(object);
  const type = headerText(headers, 'ce_type');
  const id = headerText(headers, 'ce_id');
  const time = headerText(headers, 'ce_time');
  return type === undefined ? plainEnvelope(object, id, time) : binaryEnvelope(type, id, time, object);
}

/** The field `type` says what it is. */
export function plainEnvelope(object: JsonObject, id?: unknown, time?: unknown): EventEnvelope | Rejection {
  const { type, ...payload } = object;
  if (typeof type === 'string') return { type, id, time, payload };
  return reject('UNKNOWN_TYPE', 'found no type; it is the header ce_type, or the field type of the event.');
}

/** The attributes stand beside the payload. */
export function binaryEnvelope(type: string, id: unknown, time: unknown, data: JsonObject): EventEnvelope {
  if (data['type'] !== type) return { type, id, time, payload: data };
  const { type: _named, ...payload } = data;
  return { type, id, time, payload };
}

/** The attributes stand around the payload, which is the member `data`. */
export function structuredEnvelope(event: JsonObject): EventEnvelope | Rejection {
  const { type, id, time, data } = event;
  if (typeof type !== 'string') return reject('UNKNOWN_TYPE', 'found a CloudEvent without type.');
  if (!isJsonObject(data)) return reject('NOT_JSON', 'found a CloudEvent whose data is no JSON object.');
  return binaryEnvelope(type, id, time, data);
}
