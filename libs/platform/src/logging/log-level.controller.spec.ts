import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';

import { loadPlan } from '@millrace/pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readConfig } from '../config/read-config.ts';
import { ForwardingStage } from '../testing/forwarding-stage.ts';
import { TestServices } from '../testing/test-services.ts';
import { openLogs } from './open-logs.ts';

/** An address of this machine that is not loopback, where it has one. */
const OUTSIDE = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

describe('/log-level', () => {
  let services: TestServices;
  let lines: Record<string, unknown>[];

  beforeEach(async () => {
    lines = [];
    services = new TestServices(
      await loadPlan(fileURLToPath(new URL('../../../../examples/flights/pipeline.yaml', import.meta.url))),
    );
    await services.createTopics();
  });

  afterEach(() => services.stop());

  async function start(keys: string, host = '127.0.0.1'): Promise<string> {
    const { names } = services.plan;
    const logs = openLogs('info', { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
    const config = readConfig({ MILLRACE_API_KEYS: keys });
    const stage = new ForwardingStage('scorer', names.features, names.scored);
    return services.start(await services.create('scorer', 'features', stage, { logs, config, host }));
  }

  async function put(url: string, body: string, headers = {}): Promise<readonly [number, Record<string, unknown>]> {
    const answer = await fetch(`${url}/log-level`, { method: 'PUT', body, headers });
    return [answer.status, (await answer.json()) as Record<string, unknown>];
  }

  const poison = (): Promise<void> =>
    services.publish([{ topic: services.plan.names.features, partition: 0, key: null, value: 'poison' }]);
  const halved = (): number => lines.filter(({ msg }) => msg === 'a batch failed and is halved').length;

  it('changes what a running service says, there and back, and says so itself', async () => {
    const url = await start('');
    expect(await put(url, '{"level":"debug"}')).toEqual([200, { level: 'debug' }]);
    expect(await (await fetch(`${url}/log-level`)).json()).toEqual({ level: 'debug' });
    await poison();
    await expect.poll(halved).toBe(1);
    expect(await put(url, '{"level":"silent"}')).toEqual([200, { level: 'silent' }]);
    const before = lines.length;
    await poison();
    await expect.poll(async () => (await services.read(services.plan.names.dlq)).length).toBe(2);
    expect(lines).toHaveLength(before);
    await put(url, '{"level":"info"}');
    expect(lines.filter(({ msg }) => String(msg).startsWith('the log level is')).map(({ msg }) => msg)).toEqual([
      'the log level is debug from here on, it was info',
      'the log level is silent from here on, it was debug',
      'the log level is info from here on, it was silent',
    ]);
  });

  it.each(['', '{', '{"level":"loud"}', '{"level":7}', 'null', '[]'])('refuses %s and stays as it is', async (body) => {
    const url = await start('');
    expect(await put(url, body)).toMatchObject([
      400,
      {
        code: 'BODY_UNPARSEABLE',
        detail: expect.stringContaining(`found ${JSON.stringify(body)}; allowed is {"level":"debug"}`),
      },
    ]);
    expect(await (await fetch(`${url}/log-level`)).json()).toEqual({ level: 'info' });
  });

  it('wants a key where there are keys, and one without rights to single things', async () => {
    const url = await start('secret,events=limited;events=departed');
    expect((await put(url, '{"level":"debug"}', { authorization: 'Bearer limited' }))[0]).toBe(403);
    expect((await put(url, '{"level":"debug"}'))[0]).toBe(401);
    expect((await fetch(`${url}/log-level`)).status).toBe(401);
    expect((await put(url, '{"level":"debug"}', { authorization: 'Bearer secret' }))[0]).toBe(200);
  });

  it.skipIf(OUTSIDE === undefined)('is for who is on this machine where there are none', async () => {
    const port = new URL(await start('', '0.0.0.0')).port;
    expect(await put(`http://${OUTSIDE}:${port}`, '{"level":"debug"}')).toMatchObject([401, { code: 'UNAUTHORIZED' }]);
    expect((await put(`http://127.0.0.1:${port}`, '{"level":"debug"}'))[0]).toBe(200);
  });
});
