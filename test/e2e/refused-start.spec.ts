import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { runScript } from './run-script.ts';
import { makeScratchPipeline, removeScratchPipeline } from './scratch-pipeline.ts';

interface Refusal {
  readonly what: string;
  readonly edit?: (text: string) => string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Done before the start. */
  readonly prepare?: (plan: Plan, log: KafkaLog) => Promise<void>;
  readonly says: readonly RegExp[];
}

const REFUSALS: readonly Refusal[] = [
  {
    what: 'a pipeline file with an unknown key',
    edit: (text) => text.replace('predict: {', 'predicts: {'),
    says: [/pipeline\.yaml:\d+:\d+/, /predicts/, /predict\b/],
  },
  {
    what: 'a pipeline file that is no YAML',
    edit: (text) => text.replace('features:', 'features: ['),
    says: [/pipeline\.yaml:\d+:\d+/],
  },
  {
    what: 'an expression of the wrong type',
    edit: (text) => text.replace('value: distance }', 'value: "distance + carrier" }'),
    says: [/pipeline\.yaml:\d+:\d+/, /distance \+ carrier|no such overload/],
  },
  {
    what: 'a model that is not there',
    edit: (text) => text.replace('model: arrival-delay,', 'model: arrival-delays,'),
    says: [/MODEL_NOT_FOUND|no such model/i, /arrival-delays/],
  },
  {
    what: 'a model whose inputs do not fit the vector',
    edit: (text) => text.replace(/^ {2}- \{ name: distance,.*\n/m, ''),
    says: [/inputs? do(es)? not fit/i, /distance|19|20/],
  },
  {
    what: 'pseudonyms without the key that makes them',
    edit: (text) => text.replace('events:\n', 'events:\n  pseudonyms: [tailnum]\n'),
    says: [/MILLRACE_PSEUDONYM_KEY/, /found nothing/, /tailnum/, /openssl rand/],
  },
  {
    what: 'a short key of pseudonyms',
    edit: (text) => text.replace('events:\n', 'events:\n  pseudonyms: [tailnum]\n'),
    env: { MILLRACE_PSEUDONYM_KEY: 'changeit' },
    says: [/MILLRACE_PSEUDONYM_KEY/, /found 8 bytes/, /at least 32/],
  },
  {
    what: 'an execution provider that there is not',
    edit: (text) => text.replace('model: arrival-delay,', 'model: arrival-delay, providers: [gpu],'),
    says: [/predict\.providers: found gpu/, /cpu, webgpu/],
  },
  {
    what: 'workers that are no number',
    env: { MILLRACE_MODEL_WORKERS: 'many' },
    says: [/MILLRACE_MODEL_WORKERS: found "many"/],
  },
  {
    what: 'a topic with another partition count',
    prepare: async (plan, log) => {
      await log.admin().create([{ topic: plan.names.predictions, partitions: 3, replication: null, config: {} }]);
    },
    says: [/\.predictions/, /3/, /4/],
  },
  {
    what: 'a broker that cannot be reached',
    env: { KAFKA_BROKERS: '127.0.0.1:1' },
    says: [/127\.0\.0\.1:1/, /KAFKA_BROKERS/],
  },
  {
    what: 'a setting that is none',
    env: { LOG_LEVEL: 'loud' },
    says: [/LOG_LEVEL/, /loud/],
  },
];

describe('millrace up', () => {
  let log: KafkaLog;

  beforeAll(() => {
    log = new KafkaLog({ brokers: inject('brokers').split(','), clientId: 'e2e', clock: new SystemClock() });
  });

  afterAll(() => log.close());

  it.each(REFUSALS)('refuses $what with a clear message, before it consumes', async ({ edit, env, prepare, says }) => {
    const pipeline = await makeScratchPipeline(edit);
    try {
      if (prepare) await prepare(await loadPlan(pipeline.file), log);
      const command = ['apps/cli/bin/millrace.mjs', 'up', pipeline.file, '--http', '0'];
      const { status, output } = await runScript(command, { KAFKA_BROKERS: inject('brokers'), ...env });
      expect([1, 2]).toContain(status);
      for (const text of says) expect(output).toMatch(text);
      expect(output).not.toMatch(/^\s+at .*:\d+:\d+/m);
      expect(output).not.toMatch(/^ready$/m);
    } finally {
      await removeScratchPipeline(pipeline);
    }
  });

  it('refuses a file that is no model', async () => {
    const pipeline = await makeScratchPipeline();
    const folder = join(pipeline.folder, 'models');
    try {
      await rm(folder);
      await mkdir(join(folder, 'arrival-delay', '1'), { recursive: true });
      await writeFile(join(folder, 'arrival-delay', '1', 'model.onnx'), 'not a model');
      const command = ['apps/cli/bin/millrace.mjs', 'up', pipeline.file, '--http', '0'];
      const { status, output } = await runScript(command, { KAFKA_BROKERS: inject('brokers') });
      expect(status).toBe(1);
      expect(output).toMatch(/model\.onnx/);
      expect(output).not.toMatch(/^\s+at .*:\d+:\d+/m);
    } finally {
      await removeScratchPipeline(pipeline);
    }
  });
});
