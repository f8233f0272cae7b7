import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { labouringModel } from '@millrace/inference/testing';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { objectSchema } from '@millrace/pipeline/testing';
import { openLogs, readConfig, type Service } from '@millrace/platform';
import { TestServices } from '@millrace/platform/testing';
import { encodeFeaturesRecord } from '@millrace/records';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createScorer } from './create-scorer.ts';

const PIPELINE = `
apiVersion: millrace/v1
name: p
topics: { partitions: 1 }
events: { asked: { schema: event.json, id: id, time: at } }
predict: { on: asked, key: id, model: m }
features: [{ name: a, value: a }, { name: b, value: b }]
`;

describe('a scorer whose model store is away when it loses its worker', () => {
  let folder: string;
  let plan: Plan;
  let services: TestServices;
  let scorer: Service;
  let url: string;
  let log: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-away-'));
    await mkdir(join(folder, 'models/m/1'), { recursive: true });
    await writeFile(join(folder, 'models/m/1/model.onnx'), labouringModel(2));
    const schema = objectSchema({ id: 'string', at: 'string', a: 'number', b: 'number' });
    await writeFile(join(folder, 'event.json'), JSON.stringify(schema));
    await writeFile(join(folder, 'pipeline.yaml'), PIPELINE);
    plan = await loadPlan(join(folder, 'pipeline.yaml'));
    services = new TestServices(plan);
    await services.createTopics();
    log = '';
    scorer = await createScorer({
      ...services.options(),
      config: readConfig({ MILLRACE_MODEL_TIMEOUT: '300', MILLRACE_MODEL_WORKERS: '1' }),
      logs: openLogs('warn', { write: (line) => (log += line) }),
    });
    url = await services.start(scorer);
  });

  afterEach(async () => {
    await scorer.stop();
    await rm(folder, { recursive: true });
  });

  /** The model labours so long as the vector's greatest number is large. */
  const ask = (id: string, a: number): Promise<void> => {
    const value = encodeFeaturesRecord({
      kind: 'vector',
      id,
      at: 0,
      key: null,
      origin: { partition: 0, offset: 0 },
      attempts: 0,
      late: false,
      vector: Float32Array.of(a, 0),
    });
    return services.publish([{ topic: plan.names.features, partition: 0, key: null, value }]);
  };
  const ids = async (topic: string): Promise<readonly unknown[]> =>
    (await services.read(topic)).map(({ value }) => (JSON.parse(String(value)) as { id: unknown }).id);

  async function infer(): Promise<readonly [status: number, code: unknown]> {
    const inputs = [{ name: 'features', datatype: 'FP32', shape: [1, 2], data: [1, 0] }];
    const answer = await fetch(`${url}/v2/models/m/infer`, { method: 'POST', body: JSON.stringify({ inputs }) });
    return [answer.status, ((await answer.json()) as { code?: unknown }).code];
  }

  it('says so, and goes on by itself when it is back: no row is lost', async () => {
    await ask('before', 1);
    await expect.poll(() => ids(plan.names.predictions), { timeout: 20_000 }).toEqual(['before']);
    await rename(join(folder, 'models'), join(folder, 'away'));
    await ask('hangs', 10_000);
    await ask('behind', 2);
    await expect.poll(() => log, { timeout: 20_000 }).toMatch(/"action":"retry".*another cannot load the model/);
    expect(await infer()).toEqual([503, 'MODEL_STORE_UNREACHABLE']);
    await rename(join(folder, 'away'), join(folder, 'models'));
    await expect.poll(() => ids(plan.names.predictions), { timeout: 40_000 }).toEqual(['before', 'behind']);
    expect(await services.read(plan.names.dlq)).toHaveLength(1);
    expect(await infer()).toEqual([200, undefined]);
  }, 90_000);
});
