import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { loadPlan, type Plan } from '@millrace/pipeline';
import {
  METRICS_OF,
  openLogs,
  readConfig,
  type MetricRow,
  type RunningServices,
  type ServiceName,
} from '@millrace/platform';
import { partitionKey, partitionOf, type InboundRecord } from '@millrace/records';
import type { Log } from '@millrace/stream';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { startServices, type StartServicesOptions } from './start-services.ts';

const DEPARTURE = {
  type: 'departure_due',
  id: '2013-11-12-MQ-3572-LGA',
  at: '2013-11-12T15:59:00Z',
  sched_dep: '2013-11-12T16:59:00Z',
  carrier: 'MQ',
  flight: 3572,
  origin: 'LGA',
  dest: 'CLE',
  tailnum: 'N537MQ',
  distance: 419,
  seats: null,
};

describe('startServices', () => {
  let plan: Plan;
  let log: Log;
  let running: RunningServices | null;

  beforeAll(async () => {
    plan = await loadPlan(fileURLToPath(new URL('../../../examples/flights/pipeline.yaml', import.meta.url)));
  });

  beforeEach(() => {
    log = new MemoryLog({ clock: new SystemClock() });
    running = null;
  });

  afterEach(() => running?.stop());

  async function start(overrides: Partial<StartServicesOptions> = {}): Promise<RunningServices> {
    running = await startServices({
      plan,
      log,
      host: '127.0.0.1',
      httpPort: 0,
      config: readConfig({}),
      logs: openLogs('silent'),
      ...overrides,
    });
    return running;
  }

  async function recordsIn(topic: string): Promise<readonly InboundRecord[]> {
    const source = log.source();
    const partitions = Array.from({ length: plan.topics.partitions }, (_, partition) => ({
      topic,
      partition,
    }));
    const bounds = await source.bounds(partitions);
    const filled = partitions
      .filter((at) => (bounds.get(partitionKey(at))?.lastStable ?? 0) > 0)
      .map((at) => ({ ...at, offset: 0 }));
    if (filled.length === 0) return [];
    const chunks = await source.fetch(filled, { maxWaitMs: 0, maxBytes: 1 << 20, maxBytesPerPartition: 1 << 20 });
    return chunks.flatMap(({ records }) => records);
  }

  const predictions = (): Promise<readonly InboundRecord[]> => recordsIn(plan.names.predictions);

  it('answers a request through the four services, which only share the log', async () => {
    const services = await start();
    const key = DEPARTURE.tailnum;
    await log.publisher().publish([
      {
        topic: plan.names.events,
        partition: partitionOf(key, plan.topics.partitions),
        key,
        value: JSON.stringify(DEPARTURE),
      },
    ]);
    await expect.poll(predictions, { timeout: 4000 }).toHaveLength(1);
    const [prediction] = await predictions();
    expect(JSON.parse(String(prediction?.value))).toMatchObject({
      id: DEPARTURE.id,
      key,
      model: 'arrival-delay',
      version: '1',
      feature_set: plan.featureSet,
    });
    expect(Object.keys(services.status())).toEqual(['ingest', 'feature', 'scorer', 'monitor']);
  });

  it('takes events by its HTTP door as well as by the topic', async () => {
    const { urls } = await start();
    const post = (body: string): Promise<Response> =>
      fetch(`${urls.ingest}/v1/events`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    const accepted = await post(JSON.stringify(DEPARTURE));
    expect([accepted.status, await accepted.json()]).toEqual([202, { accepted: [DEPARTURE.id] }]);
    await expect.poll(predictions, { timeout: 4000 }).toHaveLength(1);
    const refused = await post('{');
    expect([refused.status, refused.headers.get('content-type')]).toEqual([
      400,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(await refused.json()).toMatchObject({ status: 400, code: 'BODY_UNPARSEABLE' });
  });

  it('gives each service a door of its own, and all of them become ready', async () => {
    const { urls } = await start();
    expect(new Set(Object.values(urls)).size).toBe(4);
    for (const [name, url] of Object.entries(urls)) {
      await expect.poll(async () => (await fetch(`${url}/health/ready`)).status).toBe(200);
      expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({ service: name });
    }
  });

  /** The plan with people who hear of incidents at this address, which a variable completes. */
  const toldAt = (port: number): Plan => {
    const url = {
      text: `http://127.0.0.1:${port}/\${HOOK}`,
      place: 'pipeline.yaml:1:1: monitor.sinks[0].slack.url',
    };
    return { ...plan, monitor: { ...plan.monitor, skew: 0.01, sinks: [{ name: 'slack', kind: 'slack', url }] } };
  };

  it('tells people what is in the topic of alerts', async () => {
    const told = Promise.withResolvers<string>();
    const server = createServer((request, response) => {
      told.resolve(request.url ?? '');
      response.end('ok');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      await start({ plan: toldAt(port), config: readConfig({ HOOK: 'hook' }), only: ['monitor'] });
      const value = JSON.stringify({ id: 'i', event: 'opened', signal: 's', window: {} });
      await log.publisher().publish([{ topic: plan.names.alerts, partition: 0, key: 'i', value }]);
      expect(await told.promise).toBe('/hook');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('does not start where a variable of a sink is not set, and says where it is wanted', async () => {
    await expect(start({ plan: toldAt(1) })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      detail: expect.stringMatching(/^pipeline.yaml:1:1: monitor.sinks\[0\].slack.url: found \$\{HOOK\}/),
    });
  });

  describe('has on its pages', () => {
    /** What has no value before a window has closed, or a self-test ended, or of versions with a profile: the monitor's own tests ask for it. */
    const LATER =
      /^millrace_monitor_(open_incidents|signal_log_m|performance|label_coverage|estimate|self_test_\w+|live_reference_rows)$/;

    /** Series of a page: name and sorted labels, `le` apart. */
    function seriesOf(page: string): readonly (readonly [string, readonly string[]])[] {
      return [...page.matchAll(/^([a-z]\w*?)(?:\{(.*)\})? \S+$/gm)].map(([, name = '', labels = '']) => [
        name,
        [...labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)].map(([, label = '']) => label),
      ]);
    }

    /** A few events of every fate, through services that have a cache, prefer a provider that this machine lacks, and tell somebody of incidents. */
    async function used(): Promise<Readonly<Partial<Record<ServiceName, string>>>> {
      const cached = { ...plan.predict, cache: { sizeBytes: 1 << 20, forMs: 60_000 }, providers: ['cuda', 'cpu'] };
      const told = { ...toldAt(1), predict: cached };
      const { urls } = await start({ plan: told, config: readConfig({ HOOK: 'hook' }) });
      const { events, dlq } = plan.names;
      const values = [JSON.stringify(DEPARTURE), 'no event'];
      await log.publisher().publish(values.map((value) => ({ topic: events, partition: 0, key: null, value })));
      await expect.poll(() => recordsIn(dlq)).toHaveLength(1);
      await expect.poll(predictions, { timeout: 4000 }).toHaveLength(1);
      return urls;
    }

    it('the metrics of the catalogue with their labels, no other, and each at the service that is said to have it', async () => {
      const urls = await used();
      for (const service of ['ingest', 'feature', 'scorer', 'monitor'] as const) {
        const wanted: Readonly<Record<string, MetricRow>> = { ...METRICS_OF.every, ...METRICS_OF[service] };
        const page = async (): Promise<string> => (await fetch(`${urls[service]}/metrics`)).text();
        const expected = Object.keys(wanted).filter((name) => !LATER.test(name));
        await expect
          .poll(async () => {
            const shown = [...(await page()).matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
            return new Set(shown.filter((name) => !LATER.test(name)));
          })
          .toEqual(new Set(expected));
        for (const [series, labels] of seriesOf(await page())) {
          const name = series in wanted ? series : series.replace(/_(bucket|sum|count)$/, '');
          const row = wanted[name];
          expect([series, labels.filter((label) => label !== 'le')]).toEqual([series, row?.labels]);
          expect(labels.includes('le')).toBe(series.endsWith('_bucket'));
        }
      }
    });

    it('the same as OpenMetrics, for who asks as Prometheus does', async () => {
      const { ingest } = await used();
      const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';
      const answer = await fetch(`${ingest}/metrics`, { headers: { accept } });
      expect(answer.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
      expect(await answer.text()).toMatch(/^# TYPE millrace_stage_records counter$[^]*# EOF\n$/m);
    });
  });

  it('shows by HTTP what the monitor knows and takes what people say, from those who have a key', async () => {
    const { urls } = await start({ only: ['monitor'], config: readConfig({ MILLRACE_API_KEYS: 'secret' }) });
    const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
      fetch(`${urls.monitor}/v1/monitor${path}`, { headers: { authorization: 'Bearer secret' }, ...init });
    const say = (path: string, value: object): Promise<Response> =>
      ask(path, { method: 'POST', body: JSON.stringify(value) });
    expect(await (await ask('')).json()).toMatchObject({ pipeline: 'flights', as_of: null, streams: [] });
    expect((await ask('/windows?version=7')).status).toBe(404);
    expect((await ask('/incidents?id=no')).status).toBe(404);
    expect((await say('/acknowledgements', { incident: 'no' })).status).toBe(404);
    expect((await say('/silences', { signal: 'wind_speed' })).status).toBe(422);
    expect((await say('/silences', { signal: 'wind_speed', for: '2h' })).status).toBe(202);
    await expect
      .poll(async () => (await (await ask('')).json()) as object)
      .toMatchObject({ silences: [{ signal: 'wind_speed', by: 'http', until: null }] });
    for (const [path, method] of [
      ['', 'GET'],
      ['/signals', 'GET'],
      ['/windows', 'GET'],
      ['/incidents', 'GET'],
      ['/acknowledgements', 'POST'],
      ['/silences', 'POST'],
    ] as const)
      expect([path, (await ask(path, { method, headers: {} })).status]).toEqual([path, 401]);
  });

  it('does not let the monitor listen to everybody without a key', async () => {
    await expect(start({ only: ['monitor'], host: '0.0.0.0' })).rejects.toMatchObject({ code: 'EXPOSED_WITHOUT_KEYS' });
  });

  it('starts only the services that are asked for', async () => {
    expect(Object.keys((await start({ only: ['scorer'] })).urls)).toEqual(['scorer']);
  });

  it('starts nothing, and leaves nothing behind, where one of them cannot be made', async () => {
    const broken: Plan = { ...plan, predict: { ...plan.predict, model: 'arrival-delays' } };
    await expect(start({ plan: broken })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    const at = { topic: plan.names.events, partition: 0 };
    const committed = await log.admin().committed(`flights.ingest.${plan.featureSet}`, [at]);
    expect(committed.get(partitionKey(at))).toBeNull();
  });

  it('refuses topics with another partition count, naming them', async () => {
    await log.admin().create([{ topic: plan.names.scored, partitions: 3, replication: null, config: {} }]);
    await expect(start()).rejects.toMatchObject({
      code: 'TOPIC_MISMATCH',
      detail: expect.stringContaining(`${plan.names.scored} has 3 partitions, needed are 4`),
    });
  });

  it('does not open ingest to the world without keys', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'EXPOSED_WITHOUT_KEYS' });
  });

  it('frees doors and groups when it stops', async () => {
    const { urls } = await start();
    await running?.stop();
    for (const url of Object.values(urls)) await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  });
});
