import { fileURLToPath } from 'node:url';

import { loadPlan } from '@millrace/pipeline';
import { headerText } from '@millrace/records';
import { SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readConfig } from '../config/read-config.ts';
import { TestServices } from '../testing/test-services.ts';

const TRACED = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_BSP_SCHEDULE_DELAY: '10' };
const SAMPLED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const UNSAMPLED = '00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';

interface Sent {
  readonly key: string;
  readonly value?: string;
  readonly traceparent?: string;
}

describe('traces', () => {
  let services: TestServices;
  let exporter: InMemorySpanExporter;

  beforeEach(async () => {
    const plan = await loadPlan(fileURLToPath(new URL('../../../../examples/flights/pipeline.yaml', import.meta.url)));
    services = new TestServices(plan);
    exporter = new InMemorySpanExporter();
    // it would forget what it has
    exporter.shutdown = () => Promise.resolve();
    await services.createTopics();
  });

  afterEach(() => services.stop());

  async function run(environment: Record<string, string>, events: readonly Sent[]): Promise<void> {
    await publish(environment, events);
    await expect.poll(async () => (await services.read(services.plan.names.examples)).length).toBe(events.length);
  }

  /** Until the dead letters are there and all spans have been exported. */
  async function runDeadLetters(environment: Record<string, string>, events: readonly Sent[]): Promise<void> {
    await publish(environment, events);
    const bad = events.filter(({ value }) => value === 'poison').length;
    await expect.poll(async () => (await services.read(services.plan.names.dlq)).length).toBe(bad);
    const good = events.length - bad;
    await expect.poll(async () => (await services.read(services.plan.names.examples)).length).toBe(good);
    await services.stop();
  }

  async function publish(environment: Record<string, string>, events: readonly Sent[]): Promise<void> {
    await services.startChain(exporter, readConfig(environment));
    const topic = services.plan.names.events;
    await services.publish(
      events.map(({ key, value = 'v', traceparent }) => ({
        topic,
        partition: 0,
        key,
        value,
        ...(traceparent && { headers: [['traceparent', Buffer.from(traceparent)] as const] }),
      })),
    );
  }

  const spans = async (count: number): Promise<readonly ReadableSpan[]> => {
    await expect
      .poll(() => exporter.getFinishedSpans().filter(({ name }) => name.startsWith('process')).length)
      .toBe(count);
    return exporter.getFinishedSpans();
  };
  const service = (span: ReadableSpan): unknown => span.resource.attributes['service.name'];
  const processing = (all: readonly ReadableSpan[]): readonly ReadableSpan[] =>
    all.filter(({ name }) => name.startsWith('process'));

  it('follow one event through the four services, each span the child of the one before', async () => {
    await run(TRACED, [{ key: 'flight-1' }]);
    const hops = processing(await spans(4)).toSorted(
      (a, b) => ORDER.indexOf(String(service(a))) - ORDER.indexOf(String(service(b))),
    );
    expect(hops.map(service)).toEqual(ORDER);
    expect(new Set(hops.map((span) => span.spanContext().traceId)).size).toBe(1);
    expect(hops.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([
      undefined,
      ...hops.slice(0, -1).map((span) => span.spanContext().spanId),
    ]);
  });

  it('name the event, how long it waited, how large its batch was, and what its stage says of it', async () => {
    await run(TRACED, [{ key: 'flight-1' }]);
    for (const { attributes } of processing(await spans(4))) {
      expect(attributes).toMatchObject({
        'cloudevents.event_id': 'flight-1',
        'messaging.system': 'kafka',
        'messaging.batch.message_count': 1,
        'millrace.forwarded_bytes': 1,
      });
      expect(attributes['millrace.queue_wait_ms']).toBeGreaterThanOrEqual(0);
      expect(attributes['millrace.commit_ms']).toBeGreaterThanOrEqual(0);
    }
  });

  it('go on from the trace that the producer began, and leave unsampled records alone', async () => {
    await run(TRACED, [
      { key: 'a', traceparent: SAMPLED },
      { key: 'b', traceparent: UNSAMPLED },
    ]);
    const hops = processing(await spans(4));
    expect(hops.map(({ attributes }) => attributes['cloudevents.event_id'])).toEqual(['a', 'a', 'a', 'a']);
    expect(hops.map((span) => span.spanContext().traceId)).toEqual(Array(4).fill(SAMPLED.split('-')[1]));
    expect(hops[0]?.parentSpanContext?.spanId).toBe(SAMPLED.split('-')[2]);
  });

  it('have a span for each event of a producer that sends several in one trace', async () => {
    await run(TRACED, [
      { key: 'a', traceparent: SAMPLED },
      { key: 'b', traceparent: SAMPLED },
    ]);
    const hops = processing(await spans(8));
    expect(hops.map(({ attributes }) => String(attributes['cloudevents.event_id'])).toSorted()).toEqual([
      ...Array(4).fill('a'),
      ...Array(4).fill('b'),
    ]);
  });

  it('show a batch as one span that links to all its records', async () => {
    await run(TRACED, [{ key: 'a' }, { key: 'b' }, { key: 'c' }]);
    const all = (await spans(12)).filter((span) => service(span) === 'ingest');
    const batch = all.find(({ name }) => name === 'transaction ingest');
    expect(batch?.attributes).toMatchObject({
      'messaging.batch.message_count': 3,
      'millrace.outputs': 3,
      'millrace.dead_letters': 0,
    });
    expect(batch?.links.map(({ context }) => context.spanId)).toEqual(
      processing(all).map((span) => span.spanContext().spanId),
    );
  });

  it('are not begun by a sampler that is off, nor anywhere but at ingest', async () => {
    await run({ ...TRACED, OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, [
      { key: 'a' },
      { key: 'b', traceparent: SAMPLED },
    ]);
    expect(processing(await spans(4)).map(({ attributes }) => attributes['cloudevents.event_id'])).toEqual([
      'b',
      'b',
      'b',
      'b',
    ]);
  });

  it('are begun for the share of the events that the sampler says, each of them whole', async () => {
    const events = Array.from({ length: 400 }, (_, i) => ({ key: `e${i}` }));
    await run({ ...TRACED, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }, events);
    await services.stop();
    const hops = Map.groupBy(processing(exporter.getFinishedSpans()), (span) => span.spanContext().traceId);
    // 100 in the mean; further off than 60 once in 10 billion runs
    expect(hops.size).toBeGreaterThan(40);
    expect(hops.size).toBeLessThan(160);
    for (const spans of hops.values()) expect(spans).toHaveLength(4);
  });

  it('show every dead letter with its code and event, sampled or not, and nothing of what it holds', async () => {
    await runDeadLetters({ ...TRACED, OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, [
      { key: 'a', value: 'poison' },
      { key: 'b', value: 'poison', traceparent: UNSAMPLED },
      { key: 'c', value: 'poison', traceparent: SAMPLED },
      { key: 'd', value: 'good' },
    ]);
    const letters = exporter.getFinishedSpans().filter(({ name }) => name === 'dead letter ingest');
    expect(letters.map(({ attributes }) => attributes['messaging.kafka.offset'])).toEqual([0, 1, 2]);
    for (const { attributes, status } of letters) {
      expect(status).toMatchObject({ code: SpanStatusCode.ERROR, message: 'NOT_JSON' });
      expect(attributes).toMatchObject({
        'error.type': 'NOT_JSON',
        'messaging.destination.name': services.plan.names.events,
        'messaging.destination.partition.id': '0',
      });
      expect(JSON.stringify(attributes)).not.toContain('poison');
    }
    const [own, unsampled, sampled] = letters;
    expect(own?.parentSpanContext).toBeUndefined();
    expect(unsampled?.spanContext().traceId).toBe(UNSAMPLED.split('-')[1]);
    const record = processing(exporter.getFinishedSpans()).find(
      ({ attributes }) => attributes['messaging.kafka.offset'] === 2,
    );
    expect(sampled?.spanContext().traceId).toBe(SAMPLED.split('-')[1]);
    expect(sampled?.parentSpanContext?.spanId).toBe(record?.spanContext().spanId);
  });

  it('show no dead letter where the sampler is always off', async () => {
    await runDeadLetters({ ...TRACED, OTEL_TRACES_SAMPLER: 'always_off' }, [{ key: 'a', value: 'poison' }]);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it('of others reach the end, and nothing is exported, when telemetry is off', async () => {
    await run({}, [
      { key: 'a', traceparent: SAMPLED },
      { key: 'b', traceparent: UNSAMPLED },
    ]);
    const examples = await services.read(services.plan.names.examples);
    expect(examples.map(({ headers }) => headerText(headers, 'traceparent'))).toEqual([SAMPLED, undefined]);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});

const ORDER = ['ingest', 'feature', 'scorer', 'monitor'];
