import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { DEPARTURE_DUE } from './departure-due.ts';
import { MillraceProcess } from './millrace-process.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';
import { openCollector, type CollectedSpan, type SpanCollector } from './span-collector.ts';

const SERVICES = ['ingest', 'feature', 'scorer', 'monitor'];

const EVENT = { ...DEPARTURE_DUE, id: `traced-${process.pid}-${Date.now()}` };

describe('the trace of an event', () => {
  let pipeline: ScratchPipeline;
  let collector: SpanCollector;
  let spans: readonly CollectedSpan[] = [];
  let metrics: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    pipeline = await makeScratchPipeline();
    collector = await openCollector();
    await using millrace = await MillraceProcess.up([pipeline.file, '--http', '0'], {
      KAFKA_BROKERS: inject('brokers'),
      OTEL_SDK_DISABLED: 'false',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '200',
    });
    const sent = await fetch(`${millrace.urls['ingest']}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(EVENT),
    });
    expect(sent.status).toBe(202);
    const all = async (): Promise<void> => {
      spans = await collector.traceOf(EVENT.id);
      expect(SERVICES.filter((service) => spans.some((span) => span.service === service))).toEqual(SERVICES);
    };
    await vi.waitFor(all, { timeout: 60_000, interval: 300 });
    const asPrometheus = { headers: { accept: 'application/openmetrics-text; version=1.0.0' } };
    const pages = SERVICES.map(async (service) => {
      const page = await fetch(`${millrace.urls[service]}/metrics`, asPrometheus);
      return [service, await page.text()] as const;
    });
    metrics = Object.fromEntries(await Promise.all(pages));
  });

  afterAll(async () => {
    await collector[Symbol.asyncDispose]();
    await removeScratchPipeline(pipeline);
  });

  it('is one, through all four services, found by the prediction’s id', () => {
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const monitored = spans.find(
      ({ service, attributes }) => service === 'monitor' && attributes['cloudevents.event_id'] === EVENT.id,
    );
    const path: string[] = [];
    for (let at = monitored; at; at = spans.find(({ spanId }) => spanId === at?.parentId)) path.unshift(at.service);
    expect(path).toEqual(SERVICES);
  });

  it('has one span of the event in each service, however many keys its features are by', () => {
    const own = spans.filter(({ attributes }) => attributes['cloudevents.event_id'] === EVENT.id);
    expect(own.map(({ service }) => service).toSorted()).toEqual(SERVICES.toSorted());
  });

  it('shows the wait in line and the batch of every service', () => {
    for (const service of SERVICES) {
      const span = spans.find((found) => found.service === service && found.name.startsWith('process '));
      expect(Number(span?.attributes['millrace.queue_wait_ms'])).toBeGreaterThanOrEqual(0);
      expect(Number(span?.attributes['messaging.batch.message_count'])).toBeGreaterThanOrEqual(1);
      expect(spans.some((found) => found.service === service && found.name.startsWith('transaction '))).toBe(true);
    }
  });

  it('is named by the latencies of every service, as their exemplar', () => {
    const traceId = spans[0]?.traceId ?? '';
    for (const service of SERVICES) {
      const named = metrics[service]?.split('\n').filter((line) => line.includes(`# {trace_id="${traceId}"}`));
      expect(named?.map((line) => line.split('{')[0])).toContain('millrace_stage_latency_seconds_bucket');
    }
  });
});
