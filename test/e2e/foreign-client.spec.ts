import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { loadPlan, topicSpecs, type Plan } from '@millrace/pipeline';
import type { PredictionValue } from '@millrace/records';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { exampleSlice } from './example-slice.ts';
import { MillraceProcess } from './millrace-process.ts';
import { readAtLeast } from './read-topic.ts';
import { runScript } from './run-script.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';

const JARS = join('.kafka', 'libs');
/** A little over three days. */
const COUNT = 10_000;

describe('events of a client that is not ours', () => {
  let pipeline: ScratchPipeline;
  let file: string;
  let requests: readonly string[];
  let predictions: readonly PredictionValue[];

  beforeAll(async () => {
    pipeline = await makeScratchPipeline();
    const plan = await loadPlan(pipeline.file);
    const slice = await exampleSlice(pipeline, COUNT);
    ({ file, requests } = slice);
    await createWithOnePartition(plan);
    await using _millrace = await MillraceProcess.up([pipeline.file, '--http', '0'], {
      KAFKA_BROKERS: inject('brokers'),
    });
    await produce(plan.names.events, slice.lines);
    const { values } = await readAtLeast(inject('brokers'), plan.names.predictions, requests.length);
    predictions = values.map((value) => JSON.parse(value) as PredictionValue);
  });

  afterAll(() => removeScratchPipeline(pipeline));

  it('get one prediction a request', () => {
    expect(predictions).toHaveLength(requests.length);
    expect(new Set(predictions.map(({ id }) => id))).toEqual(new Set(requests));
  });

  it('get the features that the same events have offline, to the last digit', async () => {
    const out = join(pipeline.folder, 'features.csv');
    const ran = await runScript(['apps/cli/bin/millrace.mjs', 'features', pipeline.file, file, '--out', out]);
    expect(ran.status, ran.output).toBe(0);
    const [header = '', ...rows] = (await readFile(out, 'utf8')).trimEnd().split('\n');
    const names = header.split(',').slice(3);
    const offline = new Map(rows.map((row) => row.split(',')).map(([id = '', , , ...values]) => [id, values]));
    expect(offline.size).toBe(requests.length);
    for (const { id, features } of predictions) {
      const wanted = (offline.get(id) ?? []).map((text) => (text === '' ? null : Number(text)));
      expect(Object.keys(features ?? {})).toEqual(names);
      expect([id, Object.values(features ?? {})]).toEqual([id, wanted]);
    }
  });
});

/** Without watermarks the order between partitions is nobody's promise: one partition has one. */
async function createWithOnePartition(plan: Plan): Promise<void> {
  const log = new KafkaLog({ brokers: inject('brokers').split(','), clientId: 'e2e', clock: new SystemClock() });
  const events = topicSpecs(plan).filter(({ topic }) => topic === plan.names.events);
  await log.admin().create(events.map((spec) => ({ ...spec, partitions: 1 })));
  await log.close();
}

/** Kafka's console producer where its jars are, else an unpatched kafkajs. */
async function produce(topic: string, lines: readonly string[]): Promise<void> {
  const brokers = inject('brokers');
  if (existsSync(JARS)) {
    const command = ['org.apache.kafka.tools.ConsoleProducer', '--bootstrap-server', brokers, '--topic', topic];
    const running = promisify(execFile)('java', ['-cp', join(JARS, '*'), ...command], { maxBuffer: 1 << 24 });
    running.child.stdin?.end(`${lines.join('\n')}\n`);
    await running;
    return;
  }
  const kafka = new kafkajs.Kafka({
    brokers: brokers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 5 },
  });
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: lines.map((value) => ({ value })) });
  await producer.disconnect();
}
