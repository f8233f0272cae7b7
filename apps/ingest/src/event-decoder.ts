import { AppError } from '@millrace/core';
import { parseEventTime, type EventPayload, type EventPlan, type Plan } from '@millrace/pipeline';
import { headerText, type Headers } from '@millrace/records';
import { readWatermark, WATERMARK_TYPE, type Watermark } from './watermark.ts';

/** The bytes of an event and what stands beside them: a record of `<p>.events`, or an item of a request to the door. */
export interface RawEvent {
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** An event that fits the pipeline file. */
export interface DecodedEvent {
  readonly kind: 'event';
  readonly event: EventPlan;
  readonly id: string;
  /** Event time, epoch milliseconds. */
  readonly at: number;
  /** Without the field `type` where that only names the type. */
  readonly payload: EventPayload;
  /** `millrace-attempts`: 0, or more for a replayed dead letter. */
  readonly attempts: number;
}

export type Decoded = DecodedEvent | Watermark;

/** What a message says of itself, whichever mode of CloudEvents it is in, or none. */
interface Envelope {
  readonly type: string | undefined;
  readonly id: string | undefined;
  readonly time: unknown;
  readonly payload: Record<string, unknown>;
}

const STRUCTURED = 'application/cloudevents+json';

/** Turns bytes into a checked event: size, JSON, type, schema, id, time. */
export class EventDecoder {
  readonly #maxBytes: number;
  readonly #events: ReadonlyMap<string, EventPlan>;
  readonly #known: string;

  constructor(plan: Plan) {
    this.#maxBytes = plan.limits.maxBytes;
    this.#events = new Map(plan.events.map((event) => [event.type, event]));
    this.#known = [...this.#events.keys()].join(', ');
  }

  /** @throws AppError of class `poison` */
  decode({ value, headers }: RawEvent): Decoded {
    const bytes = value?.length ?? 0;
    if (bytes > this.#maxBytes) {
      throw new AppError('TOO_LARGE', `it has ${bytes} bytes, events.max_bytes allows ${this.#maxBytes}`);
    }
    return this.decodeObject(parseObject(value), headers);
  }

  /** @throws AppError of class `poison` */
  decodeObject(message: Record<string, unknown>, headers: Headers): Decoded {
    const envelope = openEnvelope(message, headers);
    if (envelope.type === WATERMARK_TYPE) return readWatermark(envelope.payload);
    const event = this.#eventOf(envelope.type);
    const payload = withoutType(envelope.payload, event.type);
    const violation = event.violation(payload);
    if (violation !== null) throw new AppError('SCHEMA_VIOLATION', `${event.type}: ${violation}`);
    return { kind: 'event', event, id: idOf(event, envelope, payload), at: timeOf(event, envelope, payload), payload, attempts: attemptsOf(headers) };
  }

  #eventOf(type: string | undefined): EventPlan {
    const event = type === undefined ? undefined : this.#events.get(type);
    if (event) return event;
    const found = type === undefined ? 'it has none (header ce_type or field "type")' : `found "${type.slice(0, 100)}"`;
    throw new AppError('UNKNOWN_TYPE', `${found}; the pipeline file has ${this.#known}`);
  }
}

function parseObject(value: Buffer | null): Record<string, unknown> {
  if (value === null) throw new AppError('NOT_JSON', 'the value is null');
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.toString('utf8'));
  } catch (error) {
    throw new AppError('NOT_JSON', (error as Error).message.slice(0, 200));
  }
  if (isObject(parsed)) return parsed;
  throw new AppError('NOT_JSON', `found ${Array.isArray(parsed) ? 'an array' : parsed === null ? 'null' : `a ${typeof parsed}`}`);
}

function openEnvelope(message: Record<string, unknown>, headers: Headers): Envelope {
  if (headers.length > 0) {
    if (headerText(headers, 'content-type')?.startsWith(STRUCTURED)) return openStructured(message);
    const type = headerText(headers, 'ce_type');
    if (type !== undefined) return { type, id: headerText(headers, 'ce_id'), time: headerText(headers, 'ce_time'), payload: message };
  }
  return { type: textOf(message['type']), id: undefined, time: undefined, payload: message };
}

function openStructured(message: Record<string, unknown>): Envelope {
  const { type, id, time, data } = message;
  if (!isObject(data)) throw new AppError('NOT_JSON', 'a structured CloudEvent needs an object in "data"');
  return { type: textOf(type), id: textOf(id), time, payload: data };
}

function withoutType(payload: Record<string, unknown>, type: string): EventPayload {
  if (payload['type'] !== type) return payload;
  const { type: _, ...rest } = payload;
  return rest;
}

function idOf(event: EventPlan, envelope: Envelope, payload: EventPayload): string {
  const found = event.id === null ? envelope.id : payload[event.id];
  if (typeof found === 'string' && found !== '') return found;
  if (typeof found === 'number' && Number.isSafeInteger(found)) return String(found);
  throw new AppError('NO_ID', `${event.type} needs text or an integer in ${event.id === null ? 'the header ce_id' : `the field "${event.id}"`}`);
}

function timeOf(event: EventPlan, envelope: Envelope, payload: EventPayload): number {
  const found = event.time === null ? envelope.time : payload[event.time];
  const at = parseEventTime(found);
  if (at !== null) return at;
  const where = event.time === null ? 'the header ce_time' : `the field "${event.time}"`;
  const what = found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 100);
  throw new AppError('NO_TIME', `${event.type} needs RFC 3339 text or epoch milliseconds in ${where}, found ${what}`);
}

function attemptsOf(headers: Headers): number {
  if (headers.length === 0) return 0;
  const attempts = Number(headerText(headers, 'millrace-attempts') ?? 0);
  return Number.isSafeInteger(attempts) && attempts >= 0 ? attempts : 0;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
