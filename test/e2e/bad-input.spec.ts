import { isAppError, SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { headerText, type Headers, type InboundRecord } from '@millrace/records';
import type { FetchedChunk, FetchPosition } from '@millrace/stream';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { DEPARTURE_DUE } from './departure-due.ts';
import { MillraceProcess } from './millrace-process.ts';
import { makeScratchPipeline, relaxSchema, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';

const LIMITS = { maxWaitMs: 200, maxBytes: 16 << 20, maxBytesPerPartition: 4 << 20 };
const clock = new SystemClock();

const request = (id: string) => ({ ...DEPARTURE_DUE, id });
const departed = (fields: Record<string, unknown> = {}) => ({
  type: 'departed',
  id: '2013-11-12-MQ-3572-LGA',
  at: '2013-11-12T16:03:00Z',
  carrier: 'MQ',
  flight: 3572,
  tailnum: 'N537MQ',
  origin: 'LGA',
  dest: 'CLE',
  dep_delay: 4,
  ...fields,
});

interface BadInput {
  readonly what: string;
  readonly value: Buffer;
  readonly headers?: Headers;
  readonly code: string;
  /** What the reason names. */
  readonly names: string;
}

/** A fresh topic's partitions may look for their leader for a moment. */
const untilTheTopicIsThere = (error: unknown): readonly FetchedChunk[] => {
  if (isAppError(error) && error.class === 'retry') return [];
  throw error;
};

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const inTwoHours = new Date(Date.now() + 2 * 3_600_000).toISOString();
const MB = 1 << 20;

const BAD: readonly BadInput[] = [
  { what: 'bytes that are not JSON', value: Buffer.from([0xff, 0x00, 0x7b]), code: 'NOT_JSON', names: 'JSON' },
  { what: 'JSON that is cut off', value: Buffer.from('{"type":"departed"'), code: 'NOT_JSON', names: 'JSON' },
  { what: 'JSON that is no object', value: json([departed()]), code: 'NOT_JSON', names: 'object' },
  {
    what: 'arrays in arrays without end',
    value: Buffer.from(`{"type":"departed","x":${'['.repeat(200_000)}`),
    code: 'TOO_DEEP',
    names: '64 levels',
  },
  { what: 'an unknown type', value: json(departed({ type: 'deported' })), code: 'UNKNOWN_TYPE', names: 'deported' },
  { what: 'no type', value: json(departed({ type: undefined })), code: 'UNKNOWN_TYPE', names: 'ce_type' },
  {
    what: 'a schema violation',
    value: json(departed({ dep_delay: 'late' })),
    code: 'SCHEMA_VIOLATION',
    names: 'dep_delay',
  },
  { what: 'no id', value: json(departed({ id: undefined })), code: 'NO_ID', names: 'id' },
  { what: 'no time', value: json(departed({ at: undefined })), code: 'NO_TIME', names: 'at' },
  {
    what: 'a time that is none',
    value: json(departed({ at: 'yesterday' })),
    code: 'SCHEMA_VIOLATION',
    names: 'date-time',
  },
  { what: 'a time ahead', value: json(departed({ at: inTwoHours })), code: 'TIME_AHEAD', names: 'max_ahead' },
  {
    what: 'an event of 2 MB',
    value: json(departed({ dest: 'x'.repeat(2 * MB) })),
    code: 'TOO_LARGE',
    names: 'max_bytes',
  },
];

describe('bad input', () => {
  let pipeline: ScratchPipeline;
  let plan: Plan;
  let log: KafkaLog;
  let millrace: MillraceProcess;

  beforeAll(async () => {
    pipeline = await makeScratchPipeline();
    await relaxSchema(pipeline, 'departed.json', ['id', 'at']);
    plan = await loadPlan(pipeline.file);
    log = new KafkaLog({ brokers: inject('brokers').split(','), clientId: 'e2e', clock });
    millrace = await MillraceProcess.up([pipeline.file, '--http', '0'], { KAFKA_BROKERS: inject('brokers') });
  });

  afterAll(async () => {
    await millrace?.stop();
    await log?.close();
    await removeScratchPipeline(pipeline);
  });

  /** All of a topic, once there are as many records as expected. */
  async function readAll(topic: string, count: number): Promise<readonly InboundRecord[]> {
    const source = log.source();
    const records: InboundRecord[] = [];
    let positions: readonly FetchPosition[] = Array.from({ length: plan.topics.partitions }, (_, partition) => ({
      topic,
      partition,
      offset: 0,
    }));
    for (const end = clock.elapsed() + 30_000; records.length < count && clock.elapsed() < end;) {
      const chunks = await source.fetch(positions, LIMITS).catch(untilTheTopicIsThere);
      records.push(...chunks.flatMap((chunk) => chunk.records));
      const next = new Map(chunks.map((chunk) => [chunk.partition, chunk.next]));
      positions = positions.map((at) => ({ ...at, offset: next.get(at.partition) ?? at.offset }));
    }
    await source.close();
    return records;
  }

  describe('at the topic', () => {
    let letters: readonly InboundRecord[];
    let answers: readonly string[];
    const KEY = 'as received';

    beforeAll(async () => {
      const at = { topic: plan.names.events, partition: 0 };
      const good = (id: string) => ({ ...at, key: 'N537MQ', value: json(request(id)) });
      const publisher = log.publisher();
      // bad records at the offsets 0, 2, 4 …, each with a good one behind it
      for (const [i, bad] of BAD.entries())
        await publisher.publish([{ ...at, key: KEY, value: bad.value, headers: bad.headers ?? [] }, good(`good-${i}`)]);
      letters = await readAll(plan.names.dlq, BAD.length);
      answers = (await readAll(plan.names.predictions, BAD.length)).map(
        ({ value }) => (JSON.parse(String(value)) as { id: string }).id,
      );
    });

    const letterOf = (offset: number): InboundRecord | undefined =>
      letters.find(({ headers }) => headerText(headers, 'millrace-offset') === String(offset));

    it.each(BAD.map((bad, i) => ({ ...bad, offset: 2 * i })))(
      'makes a dead letter of $what: $code',
      ({ offset, code, names }) => {
        const letter = letterOf(offset);
        const header = (name: string) => headerText(letter?.headers ?? [], `millrace-${name}`);
        expect(header('code')).toBe(code);
        expect(header('reason')).toContain(names);
        expect([header('stage'), header('topic'), header('partition')]).toEqual(['ingest', plan.names.events, '0']);
        expect(String(letter?.key)).toBe(KEY);
      },
    );

    it('keeps the untouched bytes, or as much of them as fits and says so', () => {
      for (const [i, bad] of BAD.entries()) {
        const letter = letterOf(2 * i);
        const cut = headerText(letter?.headers ?? [], 'millrace-truncated') === 'true';
        expect(cut).toBe(bad.value.length > MB);
        expect(letter?.value?.equals(bad.value.subarray(0, letter.value.length))).toBe(true);
        if (!cut) expect(letter?.value).toHaveLength(bad.value.length);
      }
    });

    it('answers the neighbours, each once, and makes no dead letter of them', () => {
      expect(answers).toEqual(BAD.map((_, i) => `good-${i}`));
      expect(letters).toHaveLength(BAD.length);
    });
  });

  describe('at the HTTP door', () => {
    const post = async (body: string | Buffer, type = 'application/json') => {
      const answer = await fetch(`${millrace.urls['ingest']}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: new Uint8Array(Buffer.from(body)),
      });
      return {
        status: answer.status,
        type: answer.headers.get('content-type') ?? '',
        body: (await answer.json()) as Record<string, unknown>,
      };
    };

    it('accepts good events and says so once Kafka has them', async () => {
      const { status, body } = await post(json(request('http-good')));
      expect([status, body]).toEqual([202, { accepted: ['http-good'] }]);
    });

    it('names the error of each bad item and accepts its neighbours', async () => {
      const bad = [
        departed({ type: 'deported' }),
        departed({ dep_delay: 'late' }),
        departed({ id: undefined }),
        departed({ at: undefined }),
        departed({ at: inTwoHours }),
      ];
      const { status, type, body } = await post(json([request('http-1'), ...bad, request('http-2')]));
      expect(status).toBe(422);
      expect(type).toContain('application/problem+json');
      expect(body).toMatchObject({
        status: 422,
        title: expect.any(String),
        type: expect.any(String),
        accepted: ['http-1', 'http-2'],
      });
      const errors = body['errors'] as readonly { index: number; code: string; detail: string }[];
      expect(errors.map(({ index, code }) => [index, code])).toEqual([
        [1, 'UNKNOWN_TYPE'],
        [2, 'SCHEMA_VIOLATION'],
        [3, 'NO_ID'],
        [4, 'NO_TIME'],
        [5, 'TIME_AHEAD'],
      ]);
      expect(errors.every(({ detail }) => detail.length > 0)).toBe(true);
    });

    it.each([
      ['bytes that are not JSON', Buffer.from([0xff, 0x00]), 'application/json', 400],
      ['a cut-off object', Buffer.from('{"type":'), 'application/json', 400],
      ['a media type that it does not know', Buffer.from('<event/>'), 'application/xml', 415],
      ['an event of 2 MB', json(departed({ dest: 'x'.repeat(2 * MB) })), 'application/json', 413],
    ] as const)('refuses %s with a problem document', async (_what, body, type, status) => {
      const answer = await post(body, type);
      expect(answer.status).toBe(status);
      expect(answer.type).toContain('application/problem+json');
      expect(answer.body).toMatchObject({
        status,
        title: expect.any(String),
        detail: expect.any(String),
        code: expect.any(String),
      });
    });
  });
});
