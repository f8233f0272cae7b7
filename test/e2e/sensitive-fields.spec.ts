import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import type { KafkaLog } from '@millrace/kafka';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { readCommitted, testLog } from '../integrity/test-log.ts';
import { DEPARTURE_DUE } from './departure-due.ts';
import { MillraceProcess } from './millrace-process.ts';
import { removeTopics } from './remove-topics.ts';
import { runScript } from './run-script.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';

/**
 * Values of the three sensitive fields: a feature itself, one by category and key of a window, a key alone. As float32, which
 * a feature is, they have all their digits.
 */
const CANARIES = { distance: 7_654_321, carrier: 'C4N4RY', flight: 6_559_933 };
/** And one that stands where it does not fit. */
const MISFIT = 'c4n4ry-misfit';
const SECRETS = [...Object.values(CANARIES).map(String), MISFIT];

const REQUEST = { ...DEPARTURE_DUE, id: 'good', ...CANARIES };
const { distance: _distance, sched_dep: _due, seats: _seats, ...common } = REQUEST;
const ARRIVED = { ...common, type: 'arrived', at: '2013-11-12T19:00:00Z', arr_delay: 20 };
const BAD: readonly unknown[] = [
  { ...REQUEST, id: 'text', distance: MISFIT },
  { ...REQUEST, id: 'number', carrier: { [MISFIT]: MISFIT } },
  { ...REQUEST, id: 'ahead', at: '2999-01-01T00:00:00Z' },
  { ...REQUEST, id: undefined },
  { ...REQUEST, type: 'departed' },
  `${JSON.stringify(REQUEST).slice(0, -1)},`,
  `{"type":"departure_due","distance":${'['.repeat(99)}"${MISFIT}"`,
];

describe('the values of sensitive fields', () => {
  let pipeline: ScratchPipeline;
  let plan: Plan;
  let log: KafkaLog;
  let collector: Server;
  let left: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    pipeline = await makeScratchPipeline((yaml) =>
      yaml.replace('events:\n', `events:\n  sensitive: [${Object.keys(CANARIES).join(', ')}]\n`),
    );
    plan = await loadPlan(pipeline.file);
    log = testLog();
    let spans = '';
    collector = createServer((request, response) => {
      void text(request).then((body) => {
        spans += body;
        response.setHeader('content-type', 'application/json').end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const { logs, metrics, answers } = await use();
    const cli = async (...args: string[]) =>
      (await runScript(['apps/cli/bin/millrace.mjs', ...args], { KAFKA_BROKERS: inject('brokers') })).output;
    const letters = await cli('dlq', 'list', pipeline.file, '--json');
    const places = [...new Set(letters.match(/"place": ?"\d+:\d+"/g))].map((place) => /\d+:\d+/.exec(place)?.[0] ?? '');
    const shown = await Promise.all(places.map((place) => cli('dlq', 'show', pipeline.file, place)));
    const [predictions, examples, outcomes] = await Promise.all(
      [plan.names.predictions, plan.names.examples, plan.names.outcomes].map(published),
    );
    left = { logs, metrics, answers, spans, letters, shown: shown.join('\n') };
    left = { ...left, list: await cli('dlq', 'list', pipeline.file), predictions, examples, outcomes } as typeof left;
  });

  afterAll(async () => {
    collector.close();
    await log.close();
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  /** A day in the life of services, until all that came has come out. */
  async function use(): Promise<{ logs: string; metrics: string; answers: string }> {
    await using millrace = await MillraceProcess.up([pipeline.file, '--http', '0'], {
      KAFKA_BROKERS: inject('brokers'),
      LOG_LEVEL: 'trace',
      OTEL_SDK_DISABLED: 'false',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    });
    const values = [REQUEST, ARRIVED, ...BAD].map((event) =>
      typeof event === 'string' ? event : JSON.stringify(event),
    );
    const publisher = log.publisher();
    const at = { topic: plan.names.events, partition: 0, key: 'N537MQ' };
    await publisher.publish(values.map((value) => ({ ...at, value })));
    const post = async (body: string): Promise<string> => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${millrace.urls['ingest']}/v1/events`, { method: 'POST', headers, body })).text();
    };
    const answers = (await Promise.all(values.slice(2).map(post))).join('\n');
    const isThere = async (): Promise<void> => {
      expect(await published(plan.names.examples)).toContain('good');
      expect(await published(plan.names.dlq)).not.toBe('');
    };
    await vi.waitFor(isThere, { timeout: 60_000, interval: 300 });
    const pages = Object.values(millrace.urls).map(async (url) => (await fetch(`${url}/metrics`)).text());
    const metrics = (await Promise.all(pages)).join('\n');
    await millrace.stop();
    return { logs: millrace.said, metrics, answers };
  }

  /** Keys, values and headers of a topic's records. */
  async function published(topic: string): Promise<string> {
    const partitions = Array.from({ length: plan.topics.partitions }, (_, partition) => ({ topic, partition }));
    const records = (await Promise.all(partitions.map((at) => readCommitted(log, at)))).flat();
    return records
      .map(({ key, value, headers }) => [key, value, ...headers.map(([, header]) => header)].map(String).join(' '))
      .join('\n');
  }

  it.each([
    ['logs', 'became dead letters'],
    ['spans', '"feature"'],
    ['metrics', 'millrace_stage_dead_letters_total'],
    ['answers', '"code":"SCHEMA_VIOLATION"'],
    ['list', 'SCHEMA_VIOLATION'],
    ['letters', 'SCHEMA_VIOLATION'],
    ['shown', '***'],
    ['predictions', '"hour_of_day"'],
    ['examples', '"label"'],
    ['outcomes', '"label"'],
  ])('are not in %s, which there are', (where, whatIsThere) => {
    expect(left[where]).toContain(whatIsThere);
    expect(SECRETS.filter((secret) => left[where]?.includes(secret))).toEqual([]);
  });
});
