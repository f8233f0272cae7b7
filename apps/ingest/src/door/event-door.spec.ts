import { deflateSync, gzipSync } from 'node:zlib';

import { AppError } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import type { Plan } from '@millrace/pipeline';
import { ApiKeys, BODY_BYTES, parseApiKeys } from '@millrace/platform';
import { headerText, partitionOf, type OutboundRecord } from '@millrace/records';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { EventDecoder } from '../decode/event-decoder.ts';
import { asked, ended, NEW_YEAR, ridesPlan, watermark } from '../testing/rides.ts';
import { checkKeyEvents } from './check-key-events.ts';
import { EventDoor, type DoorAnswer, type EventDoorOptions } from './event-door.ts';

const JSON_TYPE = 'application/json';
const PARTITIONS = 2;

let plan: Plan;
beforeAll(async () => {
  plan = await ridesPlan();
});

let sent: OutboundRecord[];
let acknowledge: () => Promise<void>;
let door: EventDoor;
let answered: string[];
let topic: EventDoorOptions['topic'];
beforeEach(() => {
  answered = [];
  sent = [];
  acknowledge = async () => undefined;
  const publish = async (records: readonly OutboundRecord[]): Promise<void> => {
    sent.push(...records);
    await acknowledge();
  };
  topic = { partitions: async () => PARTITIONS, publish };
  door = new EventDoor({
    plan,
    topic,
    keys: new ApiKeys([], new ManualClock(NEW_YEAR)),
    clock: new ManualClock(NEW_YEAR),
    mostWaitingBytes: 500,
    onAnswered: (code) => answered.push(code),
  });
});

function post(
  body: unknown,
  contentType: string | undefined = JSON_TYPE,
  headers: Readonly<Record<string, string>> = {},
): Promise<DoorAnswer> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return door.accept({ body: bytes, headers: { 'content-type': contentType, ...headers } });
}

const rejection = (running: Promise<unknown>): Promise<AppError> =>
  running.then(
    () => expect.unreachable(),
    (error: unknown) => error as AppError,
  );
/** What ingest makes of what was sent. */
const asIngestSeesIt = () =>
  sent.map(({ value, headers = [] }) =>
    new EventDecoder(plan).decode({
      topic: '',
      partition: 0,
      offset: 0,
      timestamp: 0,
      key: null,
      value: Buffer.from(value ?? ''),
      headers,
    }),
  );

const { type: _type, ...payload } = asked(NEW_YEAR);
const cloudEvent = {
  specversion: '1.0',
  type: 'seen',
  id: 'a',
  source: '/me',
  time: '2026-01-01T00:00:00Z',
  data: { any: 1 },
};

it('tells how each request ended', async () => {
  await post(asked(NEW_YEAR));
  await post([asked(NEW_YEAR), { type: 'unknown' }]);
  await rejection(post('{'));
  acknowledge = () => Promise.reject(new TypeError('a bug'));
  await rejection(post(asked(NEW_YEAR)));
  expect(answered).toEqual(['OK', 'EVENTS_REFUSED', 'BODY_UNPARSEABLE', 'SERVICE_FAILED']);
});

describe('the door', () => {
  it.each([
    ['an object', asked(NEW_YEAR), 'application/json; charset=utf-8', {}, ['ask']],
    ['an array', [asked(NEW_YEAR), ended(NEW_YEAR)], JSON_TYPE, {}, ['ask', 'end']],
    [
      'lines',
      `${JSON.stringify(asked(NEW_YEAR))}\n\n${JSON.stringify(ended(NEW_YEAR))}\n`,
      'application/x-ndjson',
      {},
      ['ask', 'end'],
    ],
    [
      'a CloudEvent in binary mode',
      payload,
      JSON_TYPE,
      { 'ce-type': 'asked', 'ce-id': 'b', 'ce-specversion': '1.0', 'ce-source': '/me' },
      ['ask'],
    ],
    ['a structured CloudEvent', cloudEvent, 'application/cloudevents+json', {}, ['a']],
    [
      'a batch of CloudEvents',
      [cloudEvent, { ...cloudEvent, id: 'b' }],
      'application/cloudevents-batch+json',
      {},
      ['a', 'b'],
    ],
    ['an empty array', [], JSON_TYPE, {}, []],
  ])('accepts %s, and ingest reads what it wrote', async (_, body, type, headers, ids) => {
    const { accepted, errors } = await post(body, type, headers);
    expect(accepted.map((id) => id.split('-')[0])).toEqual(ids);
    expect(errors).toEqual([]);
    expect(asIngestSeesIt()).toMatchObject(accepted.map((id) => ({ kind: 'event', id })));
  });

  it('takes a body that is gzipped or deflated, once it knows who sends it, and no more of it than of a plain one', async () => {
    const body = Buffer.from(JSON.stringify(asked(NEW_YEAR)));
    await post(gzipSync(body), JSON_TYPE, { 'content-encoding': 'gzip' });
    await post(deflateSync(body), JSON_TYPE, { 'content-encoding': 'deflate' });
    expect(sent.map(({ value }) => String(value))).toEqual([String(body), String(body)]);
    const coded = async (bytes: Buffer, coding: string): Promise<string> =>
      (await rejection(post(bytes, JSON_TYPE, { 'content-encoding': coding }))).code as string;
    expect(await coded(gzipSync(Buffer.alloc(BODY_BYTES + 1, ' ')), 'gzip')).toBe('BODY_TOO_LARGE');
    expect(await coded(body, 'gzip')).toBe('BODY_UNPARSEABLE');
    expect(await coded(body, 'br')).toBe('UNSUPPORTED_MEDIA_TYPE');
    const clock = new ManualClock(NEW_YEAR);
    door = new EventDoor({ plan, topic, keys: new ApiKeys(parseApiKeys(['right']), clock), clock });
    expect(await coded(body, 'br')).toBe('UNAUTHORIZED');
  });

  it('places events by predict.key, and those without by their id', async () => {
    await post([asked(NEW_YEAR, { rider: 'bob' }), asked(NEW_YEAR, { rider: null, id: 'x1' })]);
    expect(sent.map(({ topic, key, partition }) => [topic, key, partition])).toEqual([
      ['rides.events', 'bob', partitionOf('bob', PARTITIONS)],
      ['rides.events', null, partitionOf('x1', PARTITIONS)],
    ]);
  });

  it('hands on the bytes of a single event, the attributes in headers and the trace', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const body = '{"any" :  1}';
    await post(body, JSON_TYPE, {
      'ce-type': 'seen',
      'ce-id': 'caf%C3%A9',
      'ce-time': '2026-01-01T00:00:00Z',
      traceparent,
    });
    const [record] = sent;
    expect(String(record?.value)).toBe(body);
    expect(
      ['ce_type', 'ce_id', 'ce_time', 'traceparent'].map((name) => headerText(record?.headers ?? [], name)),
    ).toEqual(['seen', 'café', '2026-01-01T00:00:00Z', traceparent]);
    await post(asked(NEW_YEAR), JSON_TYPE, { traceparent: 'nonsense' });
    expect(sent[1]?.headers).toEqual([]);
  });

  it('accepts the good among bad ones and says what is wrong with each of the others', async () => {
    const answer = await post([
      asked(NEW_YEAR),
      7,
      asked(NEW_YEAR, { distance: 'far' }),
      { type: 'askd', id: 'z' },
      watermark(NEW_YEAR),
      ended(NEW_YEAR + 2 * 3_600_000),
      asked(NEW_YEAR, { zone: 'x'.repeat(3000) }),
      asked(NEW_YEAR, { rider: 'x'.repeat(1025) }),
    ]);
    expect(answer.accepted).toEqual([`ask-${NEW_YEAR}`]);
    expect(answer.errors.map(({ index, id, code }) => [index, id?.split('-')[0], code])).toEqual([
      [1, undefined, 'NOT_JSON'],
      [2, 'ask', 'SCHEMA_VIOLATION'],
      [3, undefined, 'UNKNOWN_TYPE'],
      [4, undefined, 'BAD_WATERMARK'],
      [5, 'end', 'TIME_AHEAD'],
      [6, 'ask', 'TOO_LARGE'],
      [7, 'ask', 'KEY_TOO_LARGE'],
    ]);
    expect(answer.errors[1]?.detail).toContain('/distance');
    expect(sent).toHaveLength(1);
  });

  it('takes of a key that is for some types no others, and says nothing of their schemas', async () => {
    const keys = new ApiKeys(parseApiKeys(['rides=one;events=ended']), new ManualClock(NEW_YEAR));
    door = new EventDoor({ plan, topic, keys, clock: new ManualClock(NEW_YEAR) });
    const key = { authorization: 'Bearer one' };
    const answer = await post([ended(NEW_YEAR), asked(NEW_YEAR, { distance: 'far' })], JSON_TYPE, key);
    expect(answer).toMatchObject({ accepted: [`end-${NEW_YEAR}`], errors: [{ index: 1, code: 'FORBIDDEN' }] });
    expect(answer.errors[0]?.detail).toMatch(/may send: ended\.$/);
    expect(await rejection(post(asked(NEW_YEAR), JSON_TYPE, key))).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    expect(sent).toHaveLength(1);
  });

  it('takes the good lines of a body with broken ones', async () => {
    const answer = await post(`{"type":\n${JSON.stringify(asked(NEW_YEAR))}`, 'application/x-ndjson');
    expect(answer).toMatchObject({ accepted: [`ask-${NEW_YEAR}`], errors: [{ index: 0, code: 'NOT_JSON' }] });
  });

  it.each([
    ['broken JSON', '{"type":', JSON_TYPE, 'BODY_UNPARSEABLE', 400],
    ['no body', '', JSON_TYPE, 'BODY_UNPARSEABLE', 400],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), JSON_TYPE, 'BODY_UNPARSEABLE', 400],
    ['arrays in arrays without end', '['.repeat(1 << 20), JSON_TYPE, 'TOO_DEEP', 400],
    [
      'an event that is nested too deeply',
      `{"type":"asked","x":${'['.repeat(64)}${']'.repeat(64)}}`,
      JSON_TYPE,
      'TOO_DEEP',
      400,
    ],
    ['more events than there may be', `[${'1,'.repeat(100_000)}1]`, JSON_TYPE, 'BODY_TOO_LARGE', 413],
    ['more lines than there may be', '\n'.repeat(100_001), 'application/x-ndjson', 'BODY_TOO_LARGE', 413],
    ['no good line', 'a\nb', 'application/x-ndjson', 'BODY_UNPARSEABLE', 400],
    ['a batch that is no array', {}, 'application/cloudevents-batch+json', 'BODY_UNPARSEABLE', 400],
    ['another media type', 'a=b', 'application/x-www-form-urlencoded', 'UNSUPPORTED_MEDIA_TYPE', 415],
    ['one event that is too large', asked(NEW_YEAR, { zone: 'x'.repeat(3000) }), JSON_TYPE, 'TOO_LARGE', 413],
  ])('answers %s as a whole', async (_, body, type, code, status) => {
    expect(await rejection(post(body, type))).toMatchObject({ code, status });
    expect(sent).toEqual([]);
  });

  it('refuses a line that is nested too deeply, and no other', async () => {
    const lines = [`{"a":${'['.repeat(100)}`, JSON.stringify(asked(NEW_YEAR))];
    const answer = await post(lines.join('\n'), 'application/x-ndjson');
    expect(answer).toMatchObject({ accepted: [`ask-${NEW_YEAR}`], errors: [{ index: 0, code: 'TOO_DEEP' }] });
  });

  it('answers only when the log has acknowledged, with its error when it does not', async () => {
    acknowledge = () => Promise.reject(new AppError('LOG_UNAVAILABLE', 'no leader'));
    expect(await rejection(post(asked(NEW_YEAR)))).toMatchObject({ status: 503 });
  });

  it('turns away what would wait beyond the bound, and one request always fits', async () => {
    let release = (): void => undefined;
    acknowledge = () => new Promise((resolve) => (release = resolve));
    const large = post([
      asked(NEW_YEAR),
      asked(NEW_YEAR + 1),
      asked(NEW_YEAR + 2),
      asked(NEW_YEAR + 3),
      asked(NEW_YEAR + 4),
    ]);
    expect(await rejection(post(asked(NEW_YEAR)))).toMatchObject({ code: 'TOO_MANY_REQUESTS', status: 429 });
    release();
    expect((await large).accepted).toHaveLength(5);
    acknowledge = async () => undefined;
    expect((await post(asked(NEW_YEAR))).accepted).toHaveLength(1);
  });
});

describe('checkKeyEvents', () => {
  it('refuses a right to events that there are not', () => {
    expect(() => checkKeyEvents(parseApiKeys(['all', 'rides=one;events=asked|ended']), plan)).not.toThrow();
    expect(() => checkKeyEvents(parseApiKeys(['rides=one;events=asked|endd']), plan)).toThrow(
      /key rides has a right to events of type endd; the pipeline file has asked/,
    );
  });
});
