import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { loadPlan, topicSpecs, type Plan } from '@millrace/pipeline';
import { openLogs, readConfig, type Service } from '@millrace/platform';
import { describe, expect, it, onTestFinished } from 'vitest';

import { createScorer } from './create-scorer.ts';

const FLIGHTS = fileURLToPath(new URL('../../../examples/flights/pipeline.yaml', import.meta.url));

async function create(
  host: string,
  environment: Readonly<Record<string, string>>,
  cache: Plan['predict']['cache'] = null,
  models?: string,
): Promise<Service> {
  const clock = new SystemClock();
  const flights = await loadPlan(FLIGHTS);
  const plan = { ...flights, models: models ?? flights.models, predict: { ...flights.predict, cache } };
  const log = new MemoryLog({ clock });
  await log.admin().create(topicSpecs(plan));
  return createScorer({ plan, log, clock, config: readConfig(environment), logs: openLogs('silent'), host, port: 0 });
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

  it('keeps answers as the pipeline file says, and counts what it finds', async () => {
    const scorer = await create('127.0.0.1', {}, { sizeBytes: 1024 ** 2, forMs: 60_000 });
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
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics.match(/^millrace_scorer_cache_.*$/gm)).toEqual([
      expect.stringMatching(/cache_rows_total\{.*found="hit".* 1$/),
      expect.stringMatching(/cache_rows_total\{.*found="miss".* 1$/),
      expect.stringMatching(/cache_evictions_total 0$/),
      expect.stringMatching(/cache_bytes\{.*version="1".* 408$/),
    ]);
    await scorer.stop();
  });

  it('refuses a model that answers its own sample rows otherwise', async () => {
    const models = await mkdtemp(join(tmpdir(), 'millrace-models-'));
    onTestFinished(() => rm(models, { recursive: true }));
    const flights = await loadPlan(FLIGHTS);
    await cp(flights.models, models, { recursive: true });
    const inputs = Object.fromEntries(flights.vector.map(({ name }) => [name, 0]));
    const row = (probability: number): string => JSON.stringify({ inputs, outputs: { probability } });
    await writeFile(join(models, 'arrival-delay/1/sample.jsonl'), row(2));
    await expect(create('127.0.0.1', {}, null, models)).rejects.toMatchObject({
      code: 'MODEL_SAMPLE_FAILED',
      detail: expect.stringMatching(
        /^arrival-delay 1, row 1 of its sample\.jsonl: probability is 0\.\d+, and should be 2/,
      ),
    });
    await rm(join(models, 'arrival-delay/1/sample.jsonl'));
    await (await create('127.0.0.1', {}, null, models)).stop();
  });
});
