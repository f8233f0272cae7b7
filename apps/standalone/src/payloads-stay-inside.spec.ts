import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { openLogs, readConfig, type RunningServices } from '@millrace/platform';
import { partitionKey } from '@millrace/records';
import type { Log } from '@millrace/stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { startServices } from './start-services.ts';

/** In every value, key and header that is sent, in no id. */
const SECRET = 's3cr3t';

const GOOD = {
  type: 'departure_due',
  id: 'good',
  at: '2013-11-12T15:59:00Z',
  sched_dep: '2013-11-12T16:59:00Z',
  carrier: 'MQ',
  flight: 3572,
  origin: 'LGA',
  dest: 'CLE',
  tailnum: SECRET,
  distance: 419,
  seats: null,
};
const ARRIVED = { type: 'arrived', id: 'good', at: '2013-11-12T19:00:00Z', carrier: SECRET, note: SECRET };

/** The first is answered, each of the others fails in a way of its own; of the first of those a log line tells most. */
const EVENTS: readonly unknown[] = [
  GOOD,
  { ...GOOD, type: SECRET },
  `{"${SECRET}`,
  SECRET,
  { ...GOOD, distance: SECRET },
  { ...GOOD, id: '' },
  { ...GOOD, at: SECRET },
  { ...GOOD, id: 'ahead', at: '2999-01-01T00:00:00Z' },
  { ...GOOD, tailnum: SECRET.repeat(1000) },
  { type: 'millrace.watermark', before: SECRET },
  ARRIVED,
];

describe('what is sent to services', () => {
  let plan: Plan;
  let log: Log;
  let collector: Server;
  let services: RunningServices;
  let left: { logs: string; telemetry: string; metrics: string };

  beforeAll(async () => {
    plan = await loadPlan(fileURLToPath(new URL('../../../examples/flights/pipeline.yaml', import.meta.url)));
    log = new MemoryLog({ clock: new SystemClock() });
    left = { logs: '', telemetry: '', metrics: '' };
    await startCollector();
    await start();
    await useTopic();
    await useDoors();
    await vi.waitFor(async () => expect(await count(plan.names.predictions)).toBeGreaterThan(0), 4000);
    for (const url of Object.values(services.urls)) left.metrics += await (await fetch(`${url}/metrics`)).text();
    await services.stop();
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await services.stop();
    collector.close();
  });

  async function startCollector(): Promise<void> {
    collector = createServer((request, response) => {
      void text(request).then((body) => {
        left.telemetry += body;
        response.setHeader('content-type', 'application/json').end('{}');
      });
    }).listen(0);
    await once(collector, 'listening');
    const { port } = collector.address() as AddressInfo;
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
    vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'http/json');
    vi.stubEnv('OTEL_METRICS_EXPORTER', 'otlp');
    vi.stubEnv('OTEL_SDK_DISABLED', 'false');
  }

  async function start(): Promise<void> {
    const logs = openLogs('trace', { write: (line) => void (left.logs += line) });
    services = await startServices({ plan, log, host: '127.0.0.1', httpPort: 0, config: readConfig(), logs });
  }

  /** Behind it all a poison record in each internal topic, which no decoder reads. */
  async function useTopic(): Promise<void> {
    const { events, dlq, features, scored } = plan.names;
    const headers = [['x-secret', Buffer.from(SECRET)] as const];
    const at = { partition: 0, key: SECRET, headers };
    const values = EVENTS.map((event) => (typeof event === 'string' ? event : JSON.stringify(event)));
    await log.publisher().publish(values.map((value) => ({ ...at, topic: events, value })));
    const bad = EVENTS.length - 1;
    await vi.waitFor(async () => expect(await count(dlq)).toBe(bad), 4000);
    const topics = [features, scored, ...plan.stages.map(({ topic }) => topic)];
    await log.publisher().publish(topics.map((topic) => ({ ...at, topic, value: SECRET })));
    await vi.waitFor(async () => expect(await count(dlq)).toBe(bad + topics.length), 4000);
  }

  async function useDoors(): Promise<void> {
    const { ingest, scorer } = services.urls;
    const headers = { 'content-type': 'application/json', 'x-secret': SECRET };
    for (const body of [JSON.stringify(EVENTS), SECRET])
      await fetch(`${ingest}/v1/events?q=${SECRET}`, { method: 'POST', headers, body });
    const infer = { inputs: [{ name: SECRET, shape: [1], datatype: 'FP32', data: [SECRET] }] };
    for (const body of [JSON.stringify(infer), SECRET])
      await fetch(`${scorer}/v2/models/arrival-delay/infer`, { method: 'POST', headers, body });
  }

  async function count(topic: string): Promise<number> {
    const source = log.source();
    const partitions = Array.from({ length: plan.topics.partitions }, (_, partition) => ({ topic, partition }));
    const bounds = await source.bounds(partitions);
    const filled = partitions
      .filter((at) => (bounds.get(partitionKey(at))?.lastStable ?? 0) > 0)
      .map((at) => ({ ...at, offset: 0 }));
    if (filled.length === 0) return 0;
    const chunks = await source.fetch(filled, { maxWaitMs: 0, maxBytes: 1 << 20, maxBytesPerPartition: 1 << 20 });
    return chunks.reduce((sum, { records }) => sum + records.length, 0);
  }

  it('stays out of the log lines, at every level', () => {
    expect(left.logs).toContain('became dead letters');
    expect(left.logs).toContain('"level":"debug"');
    expect(left.logs).not.toContain(SECRET);
  });

  it('stays out of the spans, those of dead letters too', () => {
    for (const service of ['ingest', 'feature', 'scorer', 'monitor']) expect(left.telemetry).toContain(`"${service}"`);
    expect(left.telemetry).toContain('dead letter feature');
    expect(left.telemetry).toContain('"good"');
    expect(left.telemetry).not.toContain(SECRET);
  });

  it('stays out of the metrics, read or sent', () => {
    expect(left.metrics).toContain('millrace_stage_dead_letters_total{stage="ingest",code="NOT_JSON"} 2');
    expect(left.metrics).not.toContain(SECRET);
    expect(left.telemetry).toContain('millrace_stage_dead_letters_total');
  });
});
