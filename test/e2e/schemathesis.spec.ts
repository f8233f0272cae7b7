import { execFile } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { SERVICE_NAMES } from '@millrace/platform';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { MillraceProcess } from './millrace-process.ts';
import { pythonWith } from './python-environment.ts';
import { removeTopics } from './remove-topics.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';

const FOLDER = resolve('test', 'e2e', 'schemathesis');
const KEY = 'secret';

describe('Schemathesis, which asks everything that /openapi.json has, in ways that fit it and in ways that do not', () => {
  let pipeline: ScratchPipeline;
  let millrace: MillraceProcess;
  let program: string;

  beforeAll(async () => {
    program = join(dirname(await pythonWith(['schemathesis==4.32.5'])), 'schemathesis');
    pipeline = await makeScratchPipeline();
    const env = { KAFKA_BROKERS: inject('brokers'), MILLRACE_API_KEYS: KEY };
    millrace = await MillraceProcess.up([pipeline.file, '--http', '0'], env);
  });

  afterAll(async () => {
    await millrace.stop();
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  it.each(SERVICE_NAMES)(
    'finds of %s no answer that the document does not have, and none that is a fault of the server',
    async (service) => {
      const said = await schemathesis(`${millrace.urls[service]}/openapi.json`);
      const [, tested, passed] = /(\d+) generated, (\d+) passed/.exec(said) ?? [];
      expect(Number(tested), said).toBeGreaterThan(0);
      expect(passed, said).toBe(tested);
    },
  );

  /** @throws Error with what it found */
  async function schemathesis(document: string): Promise<string> {
    const args = ['run', document, '--checks', 'all', '--header', `Authorization: Bearer ${KEY}`, '--no-color'];
    const env = {
      ...process.env,
      PYTHONPATH: FOLDER,
      PYTHONDONTWRITEBYTECODE: '1',
      HYPOTHESIS_STORAGE_DIRECTORY: join(pipeline.folder, 'hypothesis'),
    };
    try {
      return (await promisify(execFile)(program, args, { cwd: FOLDER, env })).stdout;
    } catch (error) {
      throw new Error(String((error as { readonly stdout?: unknown }).stdout), { cause: error });
    }
  }
});
