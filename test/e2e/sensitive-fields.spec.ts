import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { offlineFeatures, type FeatureRow, type FileEvent } from '@millrace/features';
import { collect, oneByOne } from '@millrace/features/testing';
import type { KafkaLog } from '@millrace/kafka';
import { loadPlan, pseudonymUnder, topicSpecs, type Plan } from '@millrace/pipeline';
import { headerText, type InboundRecord } from '@millrace/records';
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
/** Of the three fields with pseudonyms: what joins, what orders and keys, and the key of a window. */
const JOINING = { id: 'c4n4ry-id', tailnum: 'NC4N4RY', dest: 'AC4N4RYPORT' };
/** And one that stands where it does not fit. */
const MISFIT = 'c4n4ry-misfit';
const SECRETS = [...Object.values(CANARIES).map(String), ...Object.values(JOINING), MISFIT];
const KEY = 'a secret for these tests that is long enough';

const REQUEST = { ...DEPARTURE_DUE, ...JOINING, ...CANARIES };
const { distance: _distance, sched_dep: _due, seats: _seats, ...common } = REQUEST;
const EARLIER = { ...common, type: 'arrived', id: 'c4n4ry-id-earlier', at: '2013-11-12T15:00:00Z', arr_delay: 7 };
const ARRIVED = { ...common, type: 'arrived', at: '2013-11-12T19:00:00Z', arr_delay: 20 };
const GOOD = [EARLIER, REQUEST, ARRIVED];
const BAD: readonly unknown[] = [
  { ...REQUEST, id: 'c4n4ry-id-text', distance: MISFIT },
  { ...REQUEST, id: 'c4n4ry-id-number', carrier: { [MISFIT]: MISFIT } },
  { ...REQUEST, id: 'c4n4ry-id-ahead', at: '2999-01-01T00:00:00Z' },
  { ...REQUEST, id: undefined },
  { ...REQUEST, type: 'departed' },
  `${JSON.stringify(REQUEST).slice(0, -1)},`,
  `{"type":"departure_due","distance":${'['.repeat(99)}"${MISFIT}"`,
];

describe('the values of sensitive fields, and of those with pseudonyms,', () => {
  let pipeline: ScratchPipeline;
  let plan: Plan;
  let log: KafkaLog;
  /** Of the same file without pseudonyms, offline. */
  let plain: FeatureRow | undefined;
  let skew = '';
  let probed = '';
  /** What a start with another key says. */
  let another = '';
  let collector: Server;
  let left: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    pipeline = await makeScratchPipeline();
    plain = (await collect(offlineFeatures(await loadPlan(pipeline.file), oneByOne(fileEvents()))))[0];
    const yaml = await readFile(pipeline.file, 'utf8');
    const [sensitive, pseudonyms] = [CANARIES, JOINING].map((fields) => Object.keys(fields).join(', '));
    const options = `events:\n  sensitive: [${sensitive}]\n  pseudonyms: [${pseudonyms}]\n`;
    await writeFile(pipeline.file, yaml.replace('events:\n', options));
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
    const cli = (...args: string[]): Promise<string> => command(args, {}); // without the key
    skew = await command(['monitor', 'skew', pipeline.file, '--share', '1', '--json'], { MILLRACE_PSEUDONYM_KEY: KEY });
    another = await command(['up', pipeline.file, '--http', '0'], { MILLRACE_PSEUDONYM_KEY: `${KEY}.` });
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
      MILLRACE_PSEUDONYM_KEY: KEY,
      LOG_LEVEL: 'trace',
      OTEL_SDK_DISABLED: 'false',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    });
    const values = [...GOOD, ...BAD].map((event) => (typeof event === 'string' ? event : JSON.stringify(event)));
    const publisher = log.publisher();
    const at = { topic: plan.names.events, partition: 0, key: REQUEST.tailnum };
    await publisher.publish(values.map((value) => ({ ...at, value })));
    const post = async (body: string): Promise<string> => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${millrace.urls['ingest']}/v1/events`, { method: 'POST', headers, body })).text();
    };
    const answers = (await Promise.all([values[0] as string, ...values.slice(GOOD.length)].map(post))).join('\n');
    const isThere = async (): Promise<void> => {
      expect(await published(plan.names.examples)).not.toBe('');
      expect(await published(plan.names.dlq)).not.toBe('');
    };
    await vi.waitFor(isThere, { timeout: 60_000, interval: 300 });
    const probe = join(pipeline.folder, 'probe.json');
    await writeFile(probe, JSON.stringify(REQUEST));
    probed = await command(['doctor', pipeline.file, '--probe', probe], { MILLRACE_PSEUDONYM_KEY: KEY });
    const pages = Object.values(millrace.urls).map(async (url) => (await fetch(`${url}/metrics`)).text());
    const metrics = (await Promise.all(pages)).join('\n');
    await millrace.stop();
    return { logs: millrace.said, metrics, answers };
  }

  async function published(topic: string): Promise<string> {
    return (await recordsOf(topic)).map(textOf).join('\n');
  }

  async function recordsOf(topic: string): Promise<readonly InboundRecord[]> {
    const count = topicSpecs(plan).find((spec) => spec.topic === topic)?.partitions ?? 1;
    const partitions = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
    return (await Promise.all(partitions.map((at) => readCommitted(log, at)))).flat();
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

  it('are in no topic behind ingest, as far as they have pseudonyms', async () => {
    const behind = topicSpecs(plan).filter(({ topic }) => topic !== plan.names.events);
    const records = (await Promise.all(behind.map(({ topic }) => recordsOf(topic)))).flat();
    const refused = records.filter(({ headers }) => headerText(headers, 'millrace-stage') === 'ingest');
    expect(new Set(refused.map(({ topic }) => topic))).toEqual(new Set([plan.names.dlq]));
    const others = records.filter((record) => !refused.includes(record)).map(textOf);
    const topics = new Set(records.map(({ topic }) => topic));
    expect(topics).toContain(plan.names.joinOutcomes);
    for (const { topic } of plan.stages) expect(topics).toContain(topic);
    expect(Object.values(JOINING).filter((secret) => others.some((record) => record.includes(secret)))).toEqual([]);
  });

  it('are found again where features are computed again from the log', () => {
    expect(JSON.parse(skew)).toMatchObject({ predictions: 2, compared: 2, skewed: 0 });
  });

  it('are known to a probe, which sees its answer', () => {
    expect(probed).toMatch(/the event doctor-\w+ was answered in/);
  });

  it('have no second pseudonym: another key is refused', () => {
    expect(another).toMatch(/CONFIG_INVALID.*MILLRACE_PSEUDONYM_KEY: found another key/);
  });

  it('join, and fill windows, as they do without pseudonyms', async () => {
    const [record] = await recordsOf(plan.names.examples);
    const example = JSON.parse(String(record?.value)) as Readonly<Record<string, unknown>>;
    const of = pseudonymUnder(KEY, plan.name);
    expect(example).toMatchObject({ id: of(REQUEST.id), key: of(REQUEST.tailnum), label: 1 });
    const features = example['features'] as Readonly<Record<string, number | null>>;
    expect(features).toMatchObject({ tail_last_arr_delay: 7, dest_arr_delay_mean_3h: 7 });
    const expected = plan.vector.map(({ name, index }) => [name, plain?.vector[index]] as const);
    for (const [name, value] of expected)
      if (name in features) expect([name, Math.fround(features[name] ?? Number.NaN)]).toEqual([name, value]);
  });
});

async function* fileEvents(): AsyncGenerator<FileEvent> {
  for (const { type, ...payload } of GOOD) yield { type, payload };
}

/** What `millrace …` says, within a minute. */
async function command(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const environment = { KAFKA_BROKERS: inject('brokers'), ...env };
  return (await runScript(['apps/cli/bin/millrace.mjs', ...args], environment, 60_000)).output;
}

/** Key, value and headers. */
function textOf({ key, value, headers }: InboundRecord): string {
  return [key, value, ...headers.map(([, header]) => header)].map(String).join(' ');
}
