import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { labouringModel } from '@millrace/inference/testing';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { editPipeline, makeLookupPipeline } from './lookup-pipeline.ts';
import { MillraceProcess } from './millrace-process.ts';
import { removeTopics } from './remove-topics.ts';
import { removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';

/** A row's first feature: how much the model has to do for it. */
const WORKS_FOR_SECONDS = 15_000;
const WANTS_A_PETABYTE = 1e12;
const ENDS_THE_WORKER = 666;

describe('a scorer whose workers go wrong', () => {
  let pipeline: ScratchPipeline;
  let scorer: MillraceProcess;
  let url: string;

  beforeAll(async () => {
    pipeline = await makeLookupPipeline();
    await editPipeline(pipeline, 'version: "1" }', 'version: "1", providers: [tensorrt, cuda, cpu] }');
    await writeFile(join(pipeline.folder, 'models/lookup/1/model.onnx'), labouringModel(2));
    scorer = await MillraceProcess.up([pipeline.file, '--only', 'scorer', '--http', '0'], {
      KAFKA_BROKERS: inject('brokers'),
      LOG_LEVEL: 'warn', // what it says is what is asked
      MILLRACE_MODEL_WORKERS: '2',
      MILLRACE_MODEL_TIMEOUT: '700',
      NODE_OPTIONS: `--import ${pathToFileURL(resolve('test/e2e/worker-that-ends.mjs')).href}`,
    });
    url = scorer.urls['scorer'] ?? '';
  });

  afterAll(async () => {
    await scorer.stop();
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  const infer = async (first: number): Promise<unknown> => {
    const inputs = [{ name: 'features', datatype: 'FP32', shape: [1, 2], data: [first, 0] }];
    const body = JSON.stringify({ inputs });
    const answer = (await (await fetch(`${url}/v2/models/lookup/infer`, { method: 'POST', body })).json()) as {
      outputs?: readonly { data: readonly number[] }[];
      error?: string;
    };
    return answer.outputs?.[0]?.data[0] ?? answer.error;
  };
  const metric = async (name: string): Promise<string | undefined> => {
    const page = await (await fetch(`${url}/metrics`)).text();
    return page.split('\n').find((line) => line.startsWith(name));
  };
  const lost = async (): Promise<number> => Number((await metric('millrace_scorer_workers_lost_total'))?.split(' ')[1]);
  /** Its log and its answers come by other ways. */
  const said = (what: RegExp): Promise<void> => vi.waitFor(() => expect(scorer.said).toMatch(what));
  const ready = async (): Promise<number> => (await fetch(`${url}/v2/health/ready`)).status;

  it('says which execution provider runs its model, and why the preferred ones do not', async () => {
    await said(/"level":"warn".*lookup 1 is run by cpu, .* prefers: tensorrt: .*; cuda: /);
    expect(await metric('millrace_scorer_model_info')).toContain('provider="cpu"');
    expect(await (await fetch(`${url}/v2/models/lookup`)).json()).toMatchObject({
      properties: {
        execution_provider: 'cpu',
        execution_providers_refused: expect.stringMatching(/^tensorrt: .*; cuda: .*load shared library/),
      },
    });
  });

  it('answers the others, and says what happened, when a row ends every worker that takes it', async () => {
    const before = await lost();
    const answers = await Promise.all([infer(ENDS_THE_WORKER), infer(7), infer(8)]);
    expect(answers).toEqual([expect.stringContaining('the worker ended with status 3'), 7, 8]);
    // two for each batch that it was in: alone, and before that with one or both of those that came with it
    expect([2, 4, 6]).toContain((await lost()) - before);
    await said(/"level":"warn".*a worker was lost and is replaced: the worker ended with status 3/);
    expect([await infer(9), await ready()]).toEqual([9, 200]);
  });

  it('fails the row for which there is not enough memory, and loses no worker', async () => {
    const before = await lost();
    expect(await infer(WANTS_A_PETABYTE)).toMatch(/MODEL_FAILED|memory|alloc/i);
    expect([await infer(9), await lost(), await ready()]).toEqual([9, before, 200]);
  });

  it('answers the others while a row hangs its workers, and ends cleanly behind them', async () => {
    const before = await lost();
    const hangs = infer(WORKS_FOR_SECONDS);
    expect(await infer(9)).toBe(9);
    expect(await hangs).toContain('the worker did not answer for 700 ms');
    // as many as above: what comes with the row may be in its batch first
    expect([2, 4]).toContain((await lost()) - before);
    expect([await infer(9), await ready()]).toEqual([9, 200]);
    expect(await scorer.stop()).toBe(0);
  }, 60_000);
});
