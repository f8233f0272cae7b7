import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { loadPlan, topicSpecs, type Plan } from '@millrace/pipeline';
import { openLogs, readConfig, type Logs, type Service } from '@millrace/platform';
import { encodeFeaturesRecord, type OutboundRecord } from '@millrace/records';
import { readLatest } from '@millrace/stream';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { createScorer } from './create-scorer.ts';

const clock = new SystemClock();
const plan: Plan = await loadPlan(fileURLToPath(new URL('../../../examples/flights/pipeline.yaml', import.meta.url)));

async function openLog(): Promise<MemoryLog> {
  const log = new MemoryLog({ clock });
  await log.admin().create(topicSpecs(plan));
  return log;
}

interface CreateOptions {
  readonly log?: MemoryLog;
  readonly cache?: Plan['predict']['cache'];
  readonly models?: string;
  readonly logs?: Logs;
}

async function create(
  host: string,
  environment: Readonly<Record<string, string>>,
  { log, cache = null, models = plan.models, logs = openLogs('silent') }: CreateOptions = {},
): Promise<Service> {
  return createScorer({
    plan: { ...plan, models, predict: { ...plan.predict, cache } },
    log: log ?? (await openLog()),
    clock,
    config: readConfig(environment),
    logs,
    host,
    port: 0,
  });
}

describe('createScorer', () => {
  it('is not made for other machines without keys', async () => {
    await expect(create('0.0.0.0', {})).rejects.toMatchObject({ code: 'EXPOSED_WITHOUT_KEYS' });
  });

  it('asks for the keys that are configured', async () => {
    const scorer = await create('127.0.0.1', { MILLRACE_API_KEYS: 'one,two' });
    const url = await scorer.open();
    const ask = async (authorization: string): Promise<number> =>
      (await fetch(`${url}/v2/models/arrival-delay`, { headers: { authorization } })).status;
    expect([await ask('Bearer three'), await ask('Bearer two')]).toEqual([401, 200]);
    await scorer.stop();
  });

  it('runs its model in as many workers as the environment says', async () => {
    const scorer = await create('127.0.0.1', { MILLRACE_MODEL_WORKERS: '3', MILLRACE_MODEL_THREADS: '2' });
    const config = await fetch(`${await scorer.open()}/v2/models/arrival-delay/config`);
    expect(await config.json()).toMatchObject({ instance_group: [{ count: 3 }] });
    await scorer.stop();
  });

  it('keeps answers as the pipeline file says, and counts what it finds', async () => {
    const scorer = await create('127.0.0.1', {}, { cache: { sizeBytes: 1024 ** 2, forMs: 60_000 } });
    const url = await scorer.open();
    const inputs = [{ name: 'features', datatype: 'FP32', shape: [1, 20], data: Array.from({ length: 20 }, () => 1) }];
    const infer = async (): Promise<string> => {
      const answer = await fetch(`${url}/v2/models/arrival-delay/infer`, {
        method: 'POST',
        body: JSON.stringify({ inputs }),
      });
      return answer.text();
    };
    expect(await infer()).toBe(await infer());
    expect(await (await fetch(`${url}/v2/models/arrival-delay/stats`)).json()).toMatchObject({
      model_stats: [{ inference_stats: { cache_hit: { count: 1 }, cache_miss: { count: 1 } } }],
    });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics.match(/^millrace_scorer_cache_.*$/gm)).toEqual([
      expect.stringMatching(/cache_rows_total\{.*found="hit".* 1$/),
      expect.stringMatching(/cache_rows_total\{.*found="miss".* 1$/),
      expect.stringMatching(/cache_evictions_total 0$/),
      expect.stringMatching(/cache_bytes\{.*version="1".* 408$/),
    ]);
    await scorer.stop();
  });

  it('keeps no answer of a model that is not deterministic, and says so', async () => {
    const models = await mkdtemp(join(tmpdir(), 'millrace-models-'));
    onTestFinished(() => rm(models, { recursive: true }));
    await cp(plan.models, models, { recursive: true });
    const card = join(models, 'arrival-delay/1/model.json');
    await writeFile(card, JSON.stringify({ ...JSON.parse(await readFile(card, 'utf8')), deterministic: false }));
    const lines: string[] = [];
    const logs = openLogs('warn', { write: (line) => lines.push(line) });
    const cache = { sizeBytes: 1024 ** 2, forMs: 60_000 };
    await (await create('127.0.0.1', {}, { cache, models, logs })).stop();
    expect(lines.join('')).toContain('no answer of arrival-delay 1 is kept (predict.cache)');
    lines.length = 0;
    await (await create('127.0.0.1', {}, { cache, logs })).stop();
    expect(lines).toEqual([]);
  });

  it('refuses a model that answers its own sample rows otherwise', async () => {
    const models = await mkdtemp(join(tmpdir(), 'millrace-models-'));
    onTestFinished(() => rm(models, { recursive: true }));
    await cp(plan.models, models, { recursive: true });
    const inputs = Object.fromEntries(plan.vector.map(({ name }) => [name, 0]));
    const row = (probability: number): string => JSON.stringify({ inputs, outputs: { probability } });
    await writeFile(join(models, 'arrival-delay/1/sample.jsonl'), row(2));
    await expect(create('127.0.0.1', {}, { models })).rejects.toMatchObject({
      code: 'MODEL_SAMPLE_FAILED',
      detail: expect.stringMatching(
        /^arrival-delay 1, row 1 of its sample\.jsonl: probability is 0\.\d+, and should be 2/,
      ),
    });
    await rm(join(models, 'arrival-delay/1/sample.jsonl'));
    await (await create('127.0.0.1', {}, { models })).stop();
  });

  describe('with two versions of its model', () => {
    const control = { topic: plan.names.control, partition: 0 };
    let log: MemoryLog;
    let scorer: Service;
    let url: string;

    beforeEach(async () => {
      log = await openLog();
    });

    afterEach(() => scorer.stop());

    async function start(): Promise<void> {
      scorer = await create('127.0.0.1', {}, { log });
      url = await scorer.open();
      await scorer.start();
    }

    const post = async (path: string, body: object = {}): Promise<readonly [number, unknown]> => {
      const answer = await fetch(`${url}/v2/${path}`, { method: 'POST', body: JSON.stringify(body) });
      const text = await answer.text();
      return [answer.status, text === '' ? null : JSON.parse(text)];
    };
    const infer = async (of: string): Promise<{ readonly by: string; readonly output: number }> => {
      const data = plan.vector.map((_, i) => i);
      const inputs = [{ name: 'features', datatype: 'FP32', shape: [1, data.length], data }];
      const [, answer] = await post(`models/arrival-delay${of}/infer`, { inputs });
      const { model_version: by, outputs } = answer as { model_version: string; outputs: [{ data: [number] }] };
      return { by, output: outputs[0].data[0] };
    };
    const ready = async (): Promise<unknown> => (await post('repository/index', { ready: true }))[1];
    const entry = (version: string) => ({ name: 'arrival-delay', version, state: 'READY', reason: '' });
    const inForce = { ...control, key: 'alias:arrival-delay:champion', value: '{"version":"2","number":17}' };

    it('begins with the one that the log says is in force', async () => {
      await log.publisher().publish([inForce]);
      await start();
      expect([(await infer('')).by, await ready()]).toEqual(['2', [entry('2')]]);
    });

    const records = (): readonly OutboundRecord[] =>
      Array.from({ length: plan.topics.partitions }, (_, partition) => ({
        topic: plan.names.features,
        partition,
        key: null,
        value: encodeFeaturesRecord({
          kind: 'alias',
          model: 'arrival-delay',
          alias: 'champion',
          version: '2',
          number: 17,
        }),
      }));

    it.each([
      ['the note', () => [inForce]],
      ['a record', () => records().slice(0, 1)],
    ])('switches its doors when %s says so, and keeps what partitions have', async (_, said) => {
      await start();
      await expect.poll(() => scorer.status().assigned).toBe(plan.topics.partitions);
      await log.publisher().publish(said());
      await expect.poll(async () => (await infer('')).by, { timeout: 20_000 }).toBe('2');
      expect(await ready()).toEqual([entry('1'), entry('2')]);
    });

    it('has nothing loaded but the new one, when all of it is switched', async () => {
      await start();
      const before = await infer('');
      expect(before.by).toBe('1');
      await log.publisher().publish([...records(), inForce]);
      await expect.poll(async () => (await infer('')).by, { timeout: 20_000 }).toBe('2');
      expect((await infer('')).output).not.toBe(before.output);
      await expect.poll(ready).toEqual([entry('2')]);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics.match(/^millrace_scorer_model_info.*/gm)).toEqual([expect.stringContaining('version="2"')]);
    });

    it('answers with a challenger whoever asks for it, and with the champion everybody else', async () => {
      await start();
      expect(await (await fetch(`${url}/v2/models/arrival-delay/versions/challenger`)).json()).toMatchObject({
        code: 'MODEL_NOT_FOUND',
      });
      const members = await log.admin().members(`flights.scorer.${plan.featureSet}`);
      const offer = JSON.stringify({ version: '2', members, run: 'r' });
      const offerKey = 'alias-offer:arrival-delay:challenger';
      await log.publisher().publish([{ ...control, key: offerKey, value: offer }]);
      const answer = `alias-answer:arrival-delay:challenger:${members[0]}`;
      await expect
        .poll(async () => String(await readLatest(log.source(), plan.names.control, answer)), { timeout: 20_000 })
        .toContain('"refused":null');
      const switched = { ...inForce, key: 'alias:arrival-delay:challenger' };
      await log.publisher().publish([switched, { ...control, key: offerKey, value: null }]);
      await expect.poll(async () => (await infer('/versions/challenger')).by, { timeout: 20_000 }).toBe('2');
      expect([(await infer('')).by, (await infer('/versions/champion')).by]).toEqual(['1', '1']);
      expect(await ready()).toEqual([entry('1'), entry('2')]);
    });

    it('answers an offer in its own name, and holds what is offered', async () => {
      await start();
      await expect.poll(() => scorer.status().assigned).toBe(plan.topics.partitions);
      const members = await log.admin().members(`flights.scorer.${plan.featureSet}`);
      const offer = { ...control, key: 'alias-offer:arrival-delay:champion' };
      await log.publisher().publish([{ ...offer, value: JSON.stringify({ version: '2', members, run: 'r' }) }]);
      const answer = `alias-answer:arrival-delay:champion:${members[0]}`;
      const said = async () => String(await readLatest(log.source(), plan.names.control, answer));
      await expect.poll(said, { timeout: 20_000 }).toMatch(/^{"number":\d+,"refused":null}$/);
      expect([(await infer('')).by, await ready()]).toEqual(['1', [entry('1'), entry('2')]]);
    });

    it('loads the other one for its doors, and lets it go again', async () => {
      await start();
      const other = { parameters: { version: '2' } };
      expect(await post('repository/models/arrival-delay/load', other)).toEqual([200, null]);
      expect([(await infer('')).by, (await infer('/versions/2')).by]).toEqual(['1', '2']);
      expect(await ready()).toEqual([entry('1'), entry('2')]);
      const described = await (await fetch(`${url}/v2/models/arrival-delay`)).json();
      expect(described).toMatchObject({ versions: ['1', '2'] });
      expect(await post('repository/models/arrival-delay/unload', other)).toEqual([200, null]);
      expect(await ready()).toEqual([entry('1')]);
      expect(await post('repository/models/arrival-delay/unload')).toMatchObject([409, { code: 'MODEL_IN_USE' }]);
    });

    it('says why it does not load what there is not, or what is asked in another way', async () => {
      await start();
      const load = (body: object) => post('repository/models/arrival-delay/load', body);
      expect(await load({ parameters: { version: '7' } })).toMatchObject([404, { code: 'MODEL_NOT_FOUND' }]);
      expect(await load({ parameters: { version: 2 } })).toMatchObject([400, { code: 'INFERENCE_INVALID' }]);
      expect(await load({ parameters: 'x' })).toMatchObject([400, { code: 'INFERENCE_INVALID' }]);
    });
  });
});
