import { loadPlan } from '@millrace/pipeline';
import type { PredictionValue } from '@millrace/records';
import type { StartedTestContainer } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { offlineFeatures } from '../chaos/pipeline/offline-features.ts';
import { DEPARTURE_DUE } from '../e2e/departure-due.ts';
import { exampleSlice, type ExampleSlice } from '../e2e/example-slice.ts';
import { readAtLeast } from '../e2e/read-topic.ts';
import { removeScratchPipeline, type ScratchPipeline } from '../e2e/scratch-pipeline.ts';
import { JaegerContainer } from './jaeger-container.ts';
import { API_KEY, runInContainer, SERVICES, startService, stopService, type Service } from './millrace-container.ts';
import { makeMountedPipeline } from './mounted-pipeline.ts';
import { PrometheusContainer } from './prometheus-container.ts';

const COUNT = 16_000;
/** Slow enough that each service is upgraded in the middle. */
const RATE = '250';
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PATIENCE = { timeout: 60_000, interval: 500 };
const EVENT = { ...DEPARTURE_DUE, id: 'by-http', at: '2013-12-23T05:30:00Z', sched_dep: '2013-12-23T06:30:00Z' };

describe('the four services in containers, upgraded one after the other while events come', () => {
  let pipeline: ScratchPipeline;
  let slice: ExampleSlice;
  let jaeger: JaegerContainer;
  let prometheus: PrometheusContainer;
  let upgraded: readonly StartedTestContainer[];

  const start = (service: Service, image: 'image' | 'previousImage'): Promise<StartedTestContainer> =>
    startService(service, inject(image), pipeline);

  beforeAll(async () => {
    pipeline = await makeMountedPipeline();
    slice = await exampleSlice(pipeline, COUNT);
    [jaeger, prometheus] = await Promise.all([JaegerContainer.start(), PrometheusContainer.start()]);
  });

  afterAll(async () => {
    await jaeger[Symbol.asyncDispose]();
    await prometheus[Symbol.asyncDispose]();
    await removeScratchPipeline(pipeline);
  });

  it('end with status 0 by SIGTERM, in the middle of their work', async () => {
    const old = await Promise.all(SERVICES.map((service) => start(service, 'previousImage')));
    let replaying = true;
    const replay = runInContainer(['replay', 'pipeline.yaml', 'events.jsonl', '--rate', RATE], pipeline).finally(
      () => (replaying = false),
    );
    const instances: StartedTestContainer[] = [];
    for (const [i, service] of SERVICES.entries()) {
      expect(await stopService(old[i] as StartedTestContainer), service).toBe(0);
      instances.push(await start(service, 'image'));
    }
    upgraded = instances;
    expect(replaying).toBe(true);
    await replay;
  });

  it('answer an event that comes by HTTP, with one trace in Jaeger through all of them', async () => {
    const [ingest] = upgraded as [StartedTestContainer];
    const sent = await fetch(`http://${ingest.getHost()}:${ingest.getMappedPort(8080)}/v1/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${API_KEY}`,
        traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`,
      },
      body: JSON.stringify(EVENT),
    });
    expect(sent.status).toBe(202);
    await vi.waitFor(async () => expect(await jaeger.servicesOf(TRACE_ID)).toEqual([...SERVICES].sort()), PATIENCE);
  });

  it('show in Prometheus what they did, that they fell behind, and that they no longer are', async () => {
    const none = Object.fromEntries(SERVICES.map((service) => [service, 0]));
    await vi.waitFor(async () => expect(await prometheus.byJob('millrace_stage_lag_records')).toEqual(none), PATIENCE);
    const most = await prometheus.byJob('max_over_time(millrace_stage_lag_records[10m])');
    expect(Math.max(...Object.values(most))).toBeGreaterThan(0);
    const records = await prometheus.byJob('millrace_stage_records_total');
    expect(Object.values(records).filter((count) => count > 0).length, JSON.stringify(records)).toBe(SERVICES.length);
  });

  it('have answered each request once, with the features that the same events have offline: all state was kept', async () => {
    const { names } = await loadPlan(pipeline.file);
    const { values } = await readAtLeast(inject('brokers'), names.predictions, slice.requests.length + 1);
    const predictions = values.map((value) => JSON.parse(value) as PredictionValue);
    expect(predictions.map(({ id }) => id).sort()).toEqual([...slice.requests, EVENT.id].sort());
    const offline = await offlineFeatures(pipeline, slice.file);
    for (const { id, features } of predictions.filter((prediction) => prediction.id !== EVENT.id))
      expect(Object.values(features ?? {})).toEqual(offline.get(id));
  });

  it('end with status 0 by SIGTERM when there is nothing to do', async () => {
    expect(await Promise.all(upgraded.map(stopService))).toEqual([0, 0, 0, 0]);
  });
});
