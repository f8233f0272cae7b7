import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { loadPlan } from '@millrace/pipeline';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { batchRows } from './batch-rows.ts';
import { exampleSlice } from './example-slice.ts';
import { MillraceProcess } from './millrace-process.ts';
import { removeTopics } from './remove-topics.ts';
import { runScript } from './run-script.ts';
import { BUCKET, S3Server } from './s3-server.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';
import { StartedScript } from './started-script.ts';
import { WORKED_ROWS } from './worked-rows.ts';

interface Answer {
  readonly model_version: string;
  readonly outputs: readonly [{ readonly data: readonly number[] }];
}

const infer = async (url: string, body: object): Promise<Answer> => {
  const text = JSON.stringify(body).replaceAll('null', 'NaN');
  const answer = await fetch(`${url}/v2/models/arrival-delay/infer`, { method: 'POST', body: text });
  return (await answer.json()) as Answer;
};

const TRAINED = resolve('examples/flights/models/arrival-delay/1');
const REFERENCE = 'examples/flights/data/reference.csv.gz';

describe('the flights pipeline with models in a bucket', () => {
  let server: S3Server;
  let pipeline: ScratchPipeline;
  let cache: string;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    server = await S3Server.start();
    pipeline = await makeScratchPipeline((text) => text.replace('models: models', `models: s3://${BUCKET}/flights`));
    cache = await mkdtemp(join(tmpdir(), 'millrace-cache-'));
    env = { ...server.environment(cache), KAFKA_BROKERS: inject('brokers') };
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
    await rm(cache, { recursive: true, force: true });
  });

  const millrace = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    runScript(['apps/cli/bin/millrace.mjs', ...args], { ...env, ...more });

  /** The worked rows as a trainer would write them down. */
  const sampleFile = async (): Promise<string> => {
    const { vector } = await loadPlan(pipeline.file);
    const file = join(pipeline.folder, 'sample.jsonl');
    const rows = WORKED_ROWS.map(({ features, probability }) => ({
      ...Object.fromEntries(vector.map(({ name }, i) => [name, features[i]])),
      probability,
    }));
    await writeFile(file, rows.map((row) => JSON.stringify(row)).join('\n'));
    return file;
  };

  it('takes a version from `model add`, and lists and verifies it', async () => {
    const add = ['model', 'add', 'arrival-delay', `${TRAINED}/model.onnx`, pipeline.file];
    const added = await millrace([...add, '--card', `${TRAINED}/model.json`, '--sample', await sampleFile()]);
    expect(added).toMatchObject({
      status: 0,
      output: expect.stringContaining(`s3://${BUCKET}/flights/arrival-delay/1: model.onnx, sample.jsonl, model.json`),
    });
    const profiled = await millrace(['model', 'profile', 'arrival-delay', pipeline.file, '--sample', REFERENCE]);
    expect(profiled.output).toContain(`s3://${BUCKET}/flights/arrival-delay/1/profile.json: 10000 rows`);
    const { output } = await millrace(['model', 'list', pipeline.file, '--json']);
    expect(JSON.parse(output)).toMatchObject([
      {
        model: 'arrival-delay',
        version: '1',
        sha256: '620a1a948d359282ae043fd6106b4f9c17d9c424fe013c8e22a2282da6f892a7',
        profile: true,
        sample: true,
      },
    ]);
    const verified = await millrace(['model', 'verify', 'arrival-delay', pipeline.file]);
    expect(verified).toMatchObject({ status: 0, output: expect.stringContaining('answers its 5 sample rows') });
  });

  it('scores events as the same model in a folder does', async () => {
    const { file, requests } = await exampleSlice(pipeline, 2000);
    const inBucket = await batchRows(pipeline.file, file, env);
    const inFolder = await batchRows('examples/flights/pipeline.yaml', file);
    expect(inBucket.size).toBe(requests.length);
    expect(inBucket).toEqual(inFolder);
  });

  it('runs the scorer and the monitor, and answers', async () => {
    await using services = await MillraceProcess.up(
      [pipeline.file, '--only', 'scorer,monitor', '--http', '0', '--grpc', '0'],
      env,
    );
    const data = WORKED_ROWS.map(({ features }) => features);
    const body = { inputs: [{ name: 'features', datatype: 'FP32', shape: [data.length, 20], data }] };
    const { outputs } = await infer(services.urls['scorer'] ?? '', body);
    WORKED_ROWS.forEach(({ probability }, i) => expect(outputs[0].data[i]).toBeCloseTo(probability, 5));
  });

  describe('while the bucket is away', () => {
    const up = () => ['apps/cli/bin/millrace.mjs', 'up', pipeline.file, '--only', 'scorer,monitor', '--http', '0'];
    const waits = /the start waits for the model store, for a minute at most: .*ECONNREFUSED/;
    const alias = (version: string) =>
      millrace(['model', 'alias', 'arrival-delay', 'champion', version, pipeline.file]);

    it('waits for it to start, and says so: ends with the reason when it is stopped, begins when the bucket answers', async () => {
      await server.goAway();
      const stopped = new StartedScript(up(), { ...env, LOG_LEVEL: 'warn' });
      await stopped.said(waits);
      expect(await stopped.end('SIGTERM')).toBe(1);
      expect(stopped.output).toMatch(/^millrace: The model store does not answer \(MODEL_STORE_UNREACHABLE\)/m);
      const services = new StartedScript(up(), { ...env, LOG_LEVEL: 'warn' });
      await services.said(waits);
      expect(services.output).not.toMatch(/^(scorer|monitor) http/m);
      await server.comeBack();
      await services.said(/^ready$/m);
      expect(await services.end('SIGTERM')).toBe(0);
    });

    it('refuses a switch, answers as before, and takes the same switch when it answers again', async () => {
      await millrace(['model', 'add', 'arrival-delay', `${TRAINED}/../2/model.onnx`, pipeline.file]);
      await using services = await MillraceProcess.up([...up().slice(2), '--grpc', '0'], env);
      const data = Array.from({ length: 20 }, () => 1);
      const body = { inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 20], data }] };
      const answering = async () => (await infer(services.urls['scorer'] ?? '', body)).model_version;
      const before = await answering();
      const other = before === '1' ? '2' : '1';
      await rm(cache, { recursive: true, force: true });
      await server.goAway();
      const refused = await alias(other);
      expect(refused.status).toBe(1);
      expect(refused.output).toMatch(/MODEL_REFUSED.*the model store does not answer/is);
      expect(await answering()).toBe(before);
      await server.comeBack();
      expect(await alias(other)).toMatchObject({ status: 0 });
      await expect.poll(answering, { timeout: 20_000 }).toBe(other);
      expect(await services.stop()).toBe(0);
    });
  });

  it('says who is denied, and what cannot be reached', async () => {
    const verify = ['model', 'verify', 'arrival-delay', pipeline.file];
    expect(await millrace(verify, { AWS_SECRET_ACCESS_KEY: 'guessed' })).toMatchObject({
      status: 1,
      output: expect.stringMatching(/MODEL_STORE_DENIED.*403 SignatureDoesNotMatch/),
    });
    expect(await millrace(verify, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })).toMatchObject({
      status: 1,
      output: expect.stringMatching(/MODEL_STORE_UNREACHABLE/),
    });
  });
});
