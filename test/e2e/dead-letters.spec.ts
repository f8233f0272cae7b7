import type { KafkaLog } from '@millrace/kafka';
import { loadPlan, type Plan } from '@millrace/pipeline';
import {
  headerText,
  partitionKey,
  type Headers,
  type InboundRecord,
  type PredictionValue,
  type TopicPartition,
} from '@millrace/records';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { readCommitted, testLog } from '../integrity/test-log.ts';
import { asked, editPipeline, makeLookupPipeline, writeTable } from './lookup-pipeline.ts';
import { MillraceProcess } from './millrace-process.ts';
import { removeTopics } from './remove-topics.ts';
import { runScript } from './run-script.ts';
import { relaxSchema, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';
import { StartedScript } from './started-script.ts';

const MILLRACE = 'apps/cli/bin/millrace.mjs';
const MANY = 4000;
const PARTITIONS = [0, 1];
const WAIT = { timeout: 60_000, interval: 200 };

const json = (value: unknown): string => JSON.stringify(value);

describe('dead letters', () => {
  let pipeline: ScratchPipeline;
  let plan: Plan;
  let log: KafkaLog;
  let millrace: MillraceProcess;
  const brokers = { KAFKA_BROKERS: inject('brokers') };
  const up = () => MillraceProcess.up([pipeline.file, '--http', '0'], brokers);

  beforeAll(async () => {
    pipeline = await makeLookupPipeline();
    plan = await loadPlan(pipeline.file);
    log = testLog();
    millrace = await up();
  });

  afterAll(async () => {
    await millrace?.stop();
    await log?.close();
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  const publish = (partition: number, values: readonly string[], key: string | null = null, headers: Headers = []) =>
    log.publisher().publish(values.map((value) => ({ topic: plan.names.events, partition, key, value, headers })));
  const read = async (topic: string): Promise<readonly InboundRecord[]> =>
    (await Promise.all(PARTITIONS.map((partition) => readCommitted(log, { topic, partition })))).flat();
  const predictions = async (): Promise<readonly PredictionValue[]> =>
    (await read(plan.names.predictions)).map(({ value }) => JSON.parse(String(value)) as PredictionValue);
  const answered = async (): Promise<readonly string[]> => (await predictions()).map(({ id }) => id).toSorted(byText);
  const letters = () => read(plan.names.dlq);
  const header = ({ headers }: InboundRecord, name: string) => headerText(headers, `millrace-${name}`);
  const replayed = async (): Promise<readonly InboundRecord[]> =>
    (await read(plan.names.events)).filter((record) => header(record, 'replay-of') !== undefined);

  async function dlq(command: string, ...args: readonly string[]) {
    const { status, output } = await runScript([MILLRACE, 'dlq', command, pipeline.file, ...args], brokers);
    return { status, output };
  }
  const result = (replays: number, skipped: number, gone = 0) => ({
    status: 0,
    output: `${JSON.stringify({ replayed: replays, skipped, gone }, null, 2)}\n`,
  });

  /** Two more requests that succeed, behind everything else: when they are answered, all before them has been. */
  async function settled(name: string): Promise<readonly string[]> {
    const ids = PARTITIONS.map((partition) => `${name} ${partition}`);
    for (const partition of PARTITIONS) await publish(partition, [json(asked(ids[partition] as string, 0))]);
    await expect.poll(answered, WAIT).toEqual(expect.arrayContaining(ids));
    return (await answered()).filter((id) => !/ [01]$/.test(id));
  }

  /** Returns at the first commit to a partition, as soon as it can be seen. */
  async function moved(at: TopicPartition): Promise<void> {
    const source = log.source();
    const end = async () => (await source.bounds([at])).get(partitionKey(at))?.lastStable;
    const before = await end();
    await expect.poll(end, { timeout: 60_000, interval: 1 }).not.toBe(before);
    await source.close();
  }

  const unfit = json(asked('unfit', 1, { note: undefined }));
  const unknown = json(asked('unknown', 5));
  const FIXED = 'code == "SCHEMA_VIOLATION" || (stage == "scorer" && type == "asked")';

  it('tell stage, code and type of what ingest refuses and of what the model fails on', async () => {
    await publish(0, [json(asked('good', 1)), unfit, '{"type":']);
    await publish(1, [unknown], 'as received', [['origin', Buffer.from('a test')]]);
    await expect.poll(async () => (await letters()).length, WAIT).toBe(3);
    const found = (await letters()).map((letter) => ['stage', 'code', 'attempts'].map((name) => header(letter, name)));
    expect(found).toHaveLength(3);
    expect(found).toEqual(
      expect.arrayContaining([
        ['ingest', 'SCHEMA_VIOLATION', '0'],
        ['ingest', 'NOT_JSON', '0'],
        ['scorer', 'MODEL_FAILED', '0'],
      ]),
    );
    const listed = await dlq('list', '--where', FIXED, '--json');
    const types = (JSON.parse(listed.output) as { type: string }[]).map(({ type }) => type);
    expect(types).toEqual(['asked', 'asked']);
  });

  it('are replayed once their cause is gone, and each is answered once', async () => {
    expect(await millrace.stop()).toBe(0);
    await relaxSchema(pipeline, 'asked.json', ['note']);
    await editPipeline(pipeline, 'version: "1"', 'version: "2"');
    millrace = await up();
    expect(await dlq('replay', '--where', FIXED, '--json')).toEqual(result(2, 0));
    await expect.poll(answered, WAIT).toEqual(['good', 'unfit', 'unknown']);
    const found = (await predictions()).find(({ id }) => id === 'unknown');
    expect(found).toMatchObject({ version: '2', outputs: { found: 50 } });
  });

  it('keep the bytes, the key, the headers and the partition of their event', async () => {
    const again = (await replayed()).map(({ partition, key, value, headers }) => [
      partition,
      key && String(key),
      String(value),
      headers.map(([name, said]) => `${name}=${String(said)}`),
    ]);
    expect(again).toEqual([
      [0, null, unfit, ['millrace-attempts=1', `millrace-replay-of=${plan.names.events}/0@1`]],
      [
        1,
        'as received',
        unknown,
        ['origin=a test', 'millrace-attempts=1', `millrace-replay-of=${plan.names.events}/1@0`],
      ],
    ]);
  });

  it('are answered once though they are replayed again, longer after than ids are remembered', async () => {
    expect(await dlq('replay', '--where', FIXED, '--json')).toEqual(result(0, 2));
    expect(await settled('again')).toEqual(['good', 'unfit', 'unknown']);
    expect(await replayed()).toHaveLength(2);
  });

  it('come back with one attempt more where the cause is not gone, and can be replayed again', async () => {
    expect(await dlq('replay')).toMatchObject({
      status: 0,
      output: expect.stringMatching(/^replayed 1, skipped 2 .*\n$/),
    });
    await expect.poll(async () => (await letters()).length, WAIT).toBe(4);
    const attempts = (await letters()).filter((letter) => header(letter, 'code') === 'NOT_JSON');
    expect(attempts.map((letter) => header(letter, 'attempts'))).toEqual(['0', '1']);
    expect(await dlq('replay', '--json')).toEqual(result(1, 3));
    await expect.poll(async () => (await letters()).length, WAIT).toBe(5);
  });

  it('are answered once each though replays run two at a time and are killed', async () => {
    await publish(
      0,
      Array.from({ length: MANY }, (_, i) => json(asked(`many-${i}`, 10 + i))),
    );
    await expect.poll(async () => (await letters()).length, WAIT).toBe(5 + MANY);
    expect(await millrace.stop()).toBe(0);
    await writeTable(pipeline.folder, '3', MANY + 10);
    await editPipeline(pipeline, 'version: "2"', 'version: "3"');
    millrace = await up();
    const where = ['--where', 'code == "MODEL_FAILED"'];
    const sentBefore = (await replayed()).length;
    const doomed = new StartedScript([MILLRACE, 'dlq', 'replay', pipeline.file, ...where], brokers);
    await moved({ topic: plan.names.events, partition: 0 });
    await doomed.end('SIGKILL');
    const both = await Promise.all([dlq('replay', ...where), dlq('replay', ...where)]);
    for (const { status, output } of both) if (status !== 0) expect(output).toContain('PRODUCER_FENCED');
    expect((await dlq('replay', ...where)).status).toBe(0);
    const ids = (await settled('many')).filter((id) => id.startsWith('many-'));
    expect(ids).toHaveLength(MANY);
    expect(new Set(ids).size).toBe(MANY);
    const origins = (await replayed()).map((record) => header(record, 'replay-of'));
    expect(origins).toHaveLength(sentBefore + MANY);
    expect(new Set(origins).size).toBe(origins.length);
  });
});

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
