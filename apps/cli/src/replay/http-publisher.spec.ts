import { ManualClock } from '@millrace/core/testing';
import type { OutboundRecord } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import { HttpPublisher } from './http-publisher.ts';

interface Asked {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A door that answers one status after the other, the last for good. */
function doorAnswering(...answers: readonly { readonly status: number; readonly body?: unknown }[]) {
  const asked: Asked[] = [];
  const clock = new ManualClock();
  const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
    const { status, body = {} } = answers[Math.min(asked.length, answers.length - 1)] ?? { status: 202 };
    asked.push({ url: String(url), body: String(init?.body), headers: init?.headers as Record<string, string> });
    queueMicrotask(() => setImmediate(() => clock.advance(60_000)));
    return Response.json(body, { status });
  };
  return {
    asked,
    publisher: new HttpPublisher({
      url: 'http://ingest:8080',
      apiKey: 'key',
      clock,
      fetch: fetch as typeof globalThis.fetch,
    }),
  };
}

const records = (count: number): readonly OutboundRecord[] =>
  Array.from({ length: count }, (_, i) => ({ topic: 't', partition: 0, key: null, value: `{"i":${i}}` }));

describe('HttpPublisher', () => {
  it('sends JSON lines with its key, some hundred a request', async () => {
    const { asked, publisher } = doorAnswering({ status: 202 });
    await publisher.publish(records(501));
    expect(asked.map(({ body }) => body.split('\n').length)).toEqual([500, 1]);
    expect(asked[1]).toEqual({
      url: 'http://ingest:8080/v1/events',
      body: '{"i":500}',
      headers: { 'content-type': 'application/x-ndjson', authorization: 'Bearer key' },
    });
  });

  it('counts what the door refuses and goes on', async () => {
    const { asked, publisher } = doorAnswering({ status: 422, body: { errors: [{}, {}] } });
    await publisher.publish(records(501));
    expect([asked.length, publisher.refused]).toEqual([2, 4]);
  });

  it('asks a busy door again, and gives up at last', async () => {
    const busy = doorAnswering({ status: 429 }, { status: 503 }, { status: 202 });
    await busy.publisher.publish(records(1));
    expect(busy.asked).toHaveLength(3);
    const closed = doorAnswering({ status: 503 });
    await expect(closed.publisher.publish(records(1))).rejects.toThrow('answers 503');
    expect(closed.asked).toHaveLength(8);
  });

  it('says which key is wrong, and which address does not answer', async () => {
    await expect(doorAnswering({ status: 401 }).publisher.publish(records(1))).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    });
    const nobody = new HttpPublisher({
      url: 'http://nobody',
      clock: new ManualClock(),
      fetch: () => Promise.reject(new Error('refused')),
    });
    await expect(nobody.publish(records(1))).rejects.toThrow('http://nobody/v1/events does not answer (refused)');
  });
});
