import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

import { SystemClock } from '@millrace/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { MetricRegistry } from './metric-registry.ts';
import { PushedMetrics } from './pushed-metrics.ts';

interface Sent {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: unknown }[] };
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
  }[];
}

describe('PushedMetrics', () => {
  let collector: Server;
  let received: Sent[];

  beforeEach(async () => {
    received = [];
    collector = createServer((request, response) => {
      void json(request).then((body) => {
        received.push(body as Sent);
        response.setHeader('content-type', 'application/json').end('{}');
      });
    }).listen(0);
    await once(collector, 'listening');
    const { port } = collector.address() as AddressInfo;
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    collector.close();
  });

  it('are sent under the name of their service, as the page shows them, for the last time when it ends', async () => {
    const registry = new MetricRegistry();
    registry.counter('millrace_stage_records_total', { stage: 'scorer' }).add(7);
    registry.readings('millrace_scorer_queue_rows', () => [{ labels: { source: 'rest' }, value: 3 }]);
    const commit = registry.histogram('millrace_stage_commit_seconds', { stage: 'scorer' });
    commit.record(0.004);
    const pushed = new PushedMetrics('scorer', registry, { protocol: 'http/json', everyMs: 60_000 }, new SystemClock());
    await pushed.close();
    const [{ resource, scopeMetrics } = { resource: undefined, scopeMetrics: [] }] = received[0]?.resourceMetrics ?? [];
    expect(resource?.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'scorer' } });
    const metrics = new Map(scopeMetrics[0]?.metrics.map((metric) => [metric.name, metric]));
    expect(metrics.get('millrace_stage_records_total')).toMatchObject({
      sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [{ asDouble: 7 }] },
    });
    expect(metrics.get('millrace_scorer_queue_rows')).toMatchObject({ gauge: { dataPoints: [{ asDouble: 3 }] } });
    expect(metrics.get('millrace_stage_commit_seconds')).toMatchObject({
      histogram: { dataPoints: [{ count: 1, sum: 0.004, explicitBounds: [...commit.boundaries] }] },
    });
  });
});
