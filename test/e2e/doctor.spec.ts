import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { asked, makeLookupPipeline } from './lookup-pipeline.ts';
import { MillraceProcess } from './millrace-process.ts';
import { removeTopics } from './remove-topics.ts';
import { runScript } from './run-script.ts';
import { removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';

interface Found {
  readonly check: string;
  readonly state: string;
  readonly text: string;
}

describe('millrace doctor', () => {
  let pipeline: ScratchPipeline;
  let event: string;
  beforeAll(async () => {
    pipeline = await makeLookupPipeline();
    event = join(pipeline.folder, 'event.json');
    await writeFile(event, JSON.stringify(asked('x', 1)));
  });
  afterAll(async () => {
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  const doctor = async (more: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
    const args = ['apps/cli/bin/millrace.mjs', 'doctor', pipeline.file, '--json', ...more];
    const { status, output } = await runScript(args, { KAFKA_BROKERS: inject('brokers'), ...env });
    const json = output.slice(output.indexOf('['), output.lastIndexOf(']') + 1);
    const found = JSON.parse(json) as readonly Found[];
    return { status, output, found: Object.fromEntries(found.map((finding) => [finding.check, finding])) };
  };

  it('says what is not there yet, and what to do', async () => {
    const { status, found } = await doctor();
    expect(status).toBe(0);
    expect(found['model']).toMatchObject({ state: 'warning', text: expect.stringContaining('has no profile') });
    expect(found['broker']?.state).toBe('ok');
    expect(found['topics']).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('millrace up makes them'),
    });
    expect(found['services']).toMatchObject({ state: 'warning', text: expect.stringContaining('Nobody runs ingest,') });
    expect(found['probe']?.state).toBe('unknown');
  });

  it('finds a pipeline that runs right, by an event of its own that is answered', async () => {
    await using _millrace = await MillraceProcess.up([pipeline.file, '--http', '0'], {
      KAFKA_BROKERS: inject('brokers'),
    });
    const { status, found } = await doctor(['--probe', event]);
    expect(found['probe']).toMatchObject({ state: 'ok', text: expect.stringMatching(/answered in \d+ ms/) });
    expect(found['replicas']).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('fewer than 3 replicas'),
    });
    for (const check of ['broker', 'disk', 'topics', 'rights', 'transactions', 'services'])
      expect(found[check]?.state).toBe('ok');
    expect(found['services']?.text).toContain('ingest 1, feature 1, scorer 1, monitor 1');
    expect(status).toBe(0);
    // the model knows 0 and 1
    await writeFile(event, JSON.stringify(asked('x', 7)));
    const failed = await doctor(['--probe', event]);
    expect(failed.found['probe']).toMatchObject({ state: 'failed', text: expect.stringContaining('MODEL_FAILED') });
    expect([failed.status, failed.output]).toEqual([1, expect.stringContaining('CHECK_FAILED')]);
  });

  it('names a topic that is not right, a model that is not there, and a broker that does not answer', async () => {
    const text = await readFile(pipeline.file, 'utf8');
    await writeFile(
      pipeline.file,
      text.replace('partitions: 2', 'partitions: 3').replace('model: lookup', 'model: gone'),
    );
    const { status, found } = await doctor();
    expect(status).toBe(1);
    expect(found['topics']).toMatchObject({ state: 'failed', text: expect.stringContaining('needed are 3') });
    expect(found['model']).toMatchObject({ state: 'failed', text: expect.stringContaining('MODEL_NOT_FOUND') });
    const away = await doctor([], { KAFKA_BROKERS: '127.0.0.1:1' });
    expect(Object.keys(away.found)).toEqual(['model', 'disk', 'broker']);
    expect(away.found['broker']).toMatchObject({ state: 'failed', text: expect.stringContaining('LOG_UNREACHABLE') });
  });
});
