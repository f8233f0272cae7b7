import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { topicSpecs, type Plan } from '@millrace/pipeline';
import { openLogs, readConfig, type Service } from '@millrace/platform';
import { partitionKey } from '@millrace/records';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createIngest } from './create-ingest.ts';
import { asked, ended, NEW_YEAR, ridesPlan } from './testing/rides.ts';

let plan: Plan;
let log: MemoryLog;
let service: Service;
let url: string;
beforeAll(async () => {
  const clock = new SystemClock();
  plan = await ridesPlan();
  log = new MemoryLog({ clock });
  await log.admin().create(topicSpecs(plan));
  const config = readConfig({ MILLRACE_API_KEYS: 'secret' });
  service = await createIngest({ plan, log, clock, config, logs: openLogs('silent'), host: '127.0.0.1', port: 0 });
  url = await service.open();
  await service.start();
});
afterAll(() => service.stop());

function post(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const all = { 'content-type': 'application/json', authorization: 'Bearer secret', ...headers };
  return fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: all,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function count(topic: string): Promise<number> {
  const partitions = [0, 1].map((partition) => ({ topic, partition }));
  const bounds = await log.source().bounds(partitions);
  return partitions.reduce((sum, at) => sum + (bounds.get(partitionKey(at))?.lastStable ?? 0), 0);
}

describe('POST /v1/events', () => {
  it('answers 202 with the ids, and the event goes all the way into the stages and the outcomes', async () => {
    const response = await post([asked(NEW_YEAR), ended(NEW_YEAR)]);
    expect([response.status, await response.json()]).toEqual([
      202,
      { accepted: [`ask-${NEW_YEAR}`, `end-${NEW_YEAR}`] },
    ]);
    await expect.poll(() => count(plan.names.outcomes)).toBeGreaterThan(0);
    expect(await count(plan.stages[0]?.topic ?? '')).toBeGreaterThan(0);
  });

  it('answers 422 with a problem document that names each bad event', async () => {
    const response = await post([asked(NEW_YEAR + 1), { type: 'askd' }]);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      422,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(await response.json()).toEqual({
      type: 'urn:millrace:error:EVENTS_REFUSED',
      title: 'Events were refused',
      status: 422,
      code: 'EVENTS_REFUSED',
      detail: '1 of 2 events were refused; see errors.',
      accepted: [`ask-${NEW_YEAR + 1}`],
      errors: [{ index: 1, id: null, code: 'UNKNOWN_TYPE', detail: expect.stringContaining('askd') }],
    });
  });

  it.each([
    ['{"type":', {}, 400, 'BODY_UNPARSEABLE'],
    ['{}', { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [asked(NEW_YEAR, { zone: 'x'.repeat(3000) }), {}, 413, 'TOO_LARGE'],
    [`"${'x'.repeat(17 << 20)}"`, {}, 413, 'BODY_TOO_LARGE'],
    ['{}', { authorization: 'Bearer wrong' }, 401, 'UNAUTHORIZED'],
  ])('answers a bad request (%#) with a problem document', async (body, headers, status, code) => {
    const response = await post(body, headers as Record<string, string>);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(await response.json()).toMatchObject({ status, code });
    expect(response.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
  });
});
