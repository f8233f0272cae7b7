import { isUtf8 } from 'node:buffer';

import { AppError, isNestedTooDeep } from '@millrace/core';
import {
  binaryEnvelope,
  isJsonObject,
  NO_HEADERS,
  notAnObject,
  plainEnvelope,
  reject,
  STRUCTURED,
  structuredEnvelope,
  tooDeep,
  type Header,
  type JsonObject,
} from '@millrace/records';

import type { DoorItem, DoorRequest } from './door-item.ts';

/** In one request. Each may have its error in the answer, which may be larger than the event. */
const MOST_EVENTS = 100_000;

type Parser = (request: DoorRequest) => readonly DoorItem[];

/** Media types that the door takes; the HTTP Protocol Binding 1.0.2 of CloudEvents says what the last two are. */
const PARSERS: ReadonlyMap<string, Parser> = new Map<string, Parser>([
  ['application/json', json],
  ['application/x-ndjson', lines],
  ['application/ndjson', lines],
  ['application/jsonl', lines],
  [STRUCTURED, (request) => [structuredItem(parse(request.body))]],
  ['application/cloudevents-batch+json', batch],
]);

const STRUCTURED_HEADERS: readonly Header[] = [['content-type', Buffer.from(STRUCTURED)]];

/**
 * The events in a request's body.
 *
 * @throws AppError `UNSUPPORTED_MEDIA_TYPE`, `BODY_UNPARSEABLE`, `BODY_TOO_LARGE`, `TOO_DEEP`
 */
export function parseBody(request: DoorRequest): readonly DoorItem[] {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const parser = PARSERS.get(type);
  if (!parser)
    throw new AppError(
      'UNSUPPORTED_MEDIA_TYPE',
      `found ${type === '' ? 'no content-type' : type}; allowed are ${[...PARSERS.keys()].join(', ')}.`,
    );
  const items = parser(request);
  if (items.length > MOST_EVENTS) throw tooMany();
  return items;
}

function tooMany(): AppError {
  return new AppError('BODY_TOO_LARGE', `the body has more events than the ${MOST_EVENTS} that are allowed.`);
}

/** An event, an array of events, or the data of an event whose attributes are in the headers. */
function json({ body, headers }: DoorRequest): readonly DoorItem[] {
  const value = parse(body);
  if (headers['ce-type'] !== undefined) return [binaryItem(headers['ce-type'], headers, value, body)];
  return Array.isArray(value) ? value.map((item) => plainItem(item, JSON.stringify(item))) : [plainItem(value, body)];
}

/** An event a line; a bad line harms only itself, unless there is no good one. */
function lines({ body }: DoorRequest): readonly DoorItem[] {
  const text = textOf(body);
  if (text.split('\n', MOST_EVENTS + 2).length > MOST_EVENTS + 1) throw tooMany();
  const items = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(lineItem);
  if (items.some(({ envelope }) => envelope.kind !== 'rejected' || envelope.code !== 'NOT_JSON')) return items;
  throw new AppError('BODY_UNPARSEABLE', 'found no line that is a JSON object.');
}

function lineItem(line: string): DoorItem {
  if (isNestedTooDeep(line)) return { envelope: tooDeep(), value: line, headers: NO_HEADERS };
  try {
    return plainItem(JSON.parse(line), line);
  } catch {
    return {
      envelope: reject('NOT_JSON', 'found a line that is not JSON; an event is one JSON object.'),
      value: line,
      headers: NO_HEADERS,
    };
  }
}

function batch({ body }: DoorRequest): readonly DoorItem[] {
  const value = parse(body);
  if (Array.isArray(value)) return value.map(structuredItem);
  throw new AppError('BODY_UNPARSEABLE', 'found no JSON array; a batch of CloudEvents is one.');
}

function plainItem(value: unknown, written: Buffer | string): DoorItem {
  const envelope = isJsonObject(value) ? plainEnvelope(value) : notAnObject(value);
  return { envelope, value: written, headers: NO_HEADERS };
}

function structuredItem(value: unknown): DoorItem {
  const envelope = isJsonObject(value) ? structuredEnvelope(value) : notAnObject(value);
  return { envelope, value: JSON.stringify(value), headers: STRUCTURED_HEADERS };
}

/** `ce-…` of HTTP are `ce_…` of Kafka. */
function binaryItem(type: string, headers: DoorRequest['headers'], value: unknown, body: Buffer): DoorItem {
  const attributes = Object.entries(headers).filter(([name]) => name.startsWith('ce-'));
  const [id, time] = [percentDecoded(headers['ce-id']), percentDecoded(headers['ce-time'])];
  const envelope = isJsonObject(value)
    ? binaryEnvelope(percentDecoded(type) ?? type, id, time, value as JsonObject)
    : notAnObject(value);
  const kept = attributes.map(([name, text]): Header => [
    name.replace('-', '_'),
    Buffer.from(percentDecoded(text) ?? ''),
  ]);
  return { envelope, value: body, headers: [...kept, ['content-type', Buffer.from('application/json')]] };
}

/** The binding's section 3.1.3.2; what is not encoded so is meant as it stands. */
function percentDecoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parse(body: Buffer): unknown {
  const text = textOf(body);
  if (isNestedTooDeep(text)) throw new AppError('TOO_DEEP', tooDeep().reason);
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('BODY_UNPARSEABLE', `found ${body.length} bytes that are not JSON.`);
  }
}

function textOf(body: Buffer): string {
  if (!isUtf8(body)) throw new AppError('BODY_UNPARSEABLE', 'found bytes that are not UTF-8.');
  return body.toString('utf8');
}
