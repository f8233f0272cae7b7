import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import type { Plan } from '@millrace/pipeline';
import { encodeFeaturesRecord } from '@millrace/records';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { runProgram } from '../program.ts';
import { recordedContext } from '../testing/recorded-context.ts';
import { topicView } from '../topics/topic-view.ts';
import { tail } from './tail.ts';

const PIPELINE = fileURLToPath(new URL('../../../../examples/flights/pipeline.yaml', import.meta.url));

let plan: Plan;
let log: MemoryLog;

beforeEach(async () => {
  plan = await recordedContext().loadPlan(PIPELINE);
  log = new MemoryLog({ clock: new SystemClock() });
  const specs = [plan.names.predictions, plan.names.features].map((topic) => ({
    topic,
    partitions: 2,
    replication: null,
    config: {},
  }));
  await log.admin().create(specs);
});

const publish = (topic: string, values: readonly (string | Uint8Array)[]): Promise<void> =>
  log.publisher().publish(values.map((value, i) => ({ topic, partition: i % 2, key: null, value })));

const vector = (id: string, first: number): Buffer =>
  encodeFeaturesRecord({
    kind: 'vector',
    id,
    at: 1_384_271_940_000,
    key: 'N1',
    origin: { partition: 0, offset: 7 },
    attempts: 0,
    late: false,
    vector: Float32Array.from(plan.vector, (_, i) => (i === 0 ? first : Number.NaN)),
  });

describe('millrace tail', () => {
  it('prints a line of JSON per record and ends after --count', async () => {
    await publish(plan.names.predictions, ['{"id": "a"}', '{"id":"b"}', '{"id":"c"}']);
    const context = recordedContext();
    await tail(log, topicView('predictions', plan), { fromBeginning: true, count: 2 }, context);
    const lines = context.out().trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^\{"id":"[abc]"\}$/);
  });

  it('shows integers beyond 2^53 in all their digits', async () => {
    const context = recordedContext();
    await publish(plan.names.predictions, ['{"outputs": {"p":-9223372036854775807}}']);
    await tail(log, topicView('predictions', plan), { fromBeginning: true, count: 1 }, context);
    expect(context.out()).toBe('{"outputs":{"p":-9223372036854775807}}\n');
  });

  it('without --from-beginning begins with what comes next', async () => {
    await publish(plan.names.predictions, ['{"id":"old"}', '{"id":"old"}']);
    const context = recordedContext();
    const tailing = tail(log, topicView('predictions', plan), { count: 1 }, context);
    const publishing = setInterval(() => void publish(plan.names.predictions, ['{"id":"new"}']), 5);
    await tailing;
    clearInterval(publishing);
    expect(context.out()).toBe('{"id":"new"}\n');
  });

  it('exports feature vectors under the names and columns of millrace features, and ends at the end', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-tail-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await publish(plan.names.features, [vector('x', 0.1), vector('y', Number.NaN)]);
    const out = join(folder, 'vectors.csv');
    await tail(log, topicView('features', plan), { fromBeginning: true, out }, recordedContext());
    const [header, ...rows] = (await readFile(out, 'utf8')).trimEnd().split('\n');
    expect(header).toMatch(/^id,at,key,hour_of_day,day_of_week,/);
    expect(rows.toSorted()[0]).toMatch(/^x,1384271940000,N1,0\.1,,/);
    expect(rows.toSorted()[1]).toMatch(/^y,1384271940000,N1,,/);
  });

  it('exports feature vectors as Parquet, and shows them as lines of JSON', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-tail-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const clock = encodeFeaturesRecord({ kind: 'progress', source: 0, at: 7, first: 7 });
    await publish(plan.names.features, [clock, clock, vector('x', 0.1), vector('y', Number.NaN)]);
    const out = join(folder, 'vectors.parquet');
    await tail(log, topicView('features', plan), { fromBeginning: true, out }, recordedContext());
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(out) });
    const byId = new Map(rows.map(({ id, at, hour_of_day }) => [id, [at, hour_of_day]]));
    expect(byId.get('x')).toEqual([new Date(1_384_271_940_000), Math.fround(0.1)]);
    expect(byId.get('y')).toEqual([new Date(1_384_271_940_000), null]);
    const context = recordedContext();
    await tail(log, topicView('features', plan), { fromBeginning: true, count: 2 }, context);
    const lines = context.out().trimEnd().split('\n').toSorted();
    expect(lines[0]).toMatch(/^\{"id":"x","at":1384271940000,"key":"N1","hour_of_day":0\.1,"day_of_week":null,/);
  });

  it('ends without an error when it is stopped', async () => {
    const stop = new AbortController();
    const context = { ...recordedContext(), signal: stop.signal };
    const tailing = tail(log, topicView('predictions', plan), {}, context);
    stop.abort();
    await expect(tailing).resolves.toBeUndefined();
  });

  it('says which topic is missing', async () => {
    const context = recordedContext();
    await expect(tail(log, topicView('alerts', plan), {}, context)).rejects.toMatchObject({ code: 'TOPIC_MISSING' });
  });

  it.each([
    [['tail', PIPELINE, 'prediction'], /found prediction; one of predictions, alerts/],
    [['tail', PIPELINE, 'alerts', 'more'], /found alerts more/],
    [['tail', PIPELINE, '--count', '0'], /whole number above 0/],
    [['dlq', 'show', PIPELINE, '3'], /PARTITION:OFFSET is allowed/],
    [['dlq', 'show', PIPELINE], /missing argument PARTITION:OFFSET/],
    [['dlq', 'replay', PIPELINE, '0:1'], /too many arguments/],
  ])('refuses %j as wrong use', async (args, message) => {
    const context = recordedContext();
    expect(await runProgram(args, context)).toBe(2);
    expect(context.err()).toMatch(message);
  });

  it('refuses a file whose name says what the topic cannot be written as', () => {
    expect(() => topicView('predictions', plan).table('out.csv')).toThrow(/end in \.jsonl or \.jsonl\.gz or \.parquet/);
    expect(() => topicView('alerts', plan).table('out.parquet')).toThrow(/end in \.jsonl or \.jsonl\.gz\./);
    expect(() => topicView('examples', plan).table('out.parquet.gz')).toThrow(/compressed inside/);
  });
});
