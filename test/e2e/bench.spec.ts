import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { expect, inject, it, onTestFinished } from 'vitest';

import { MillraceProcess } from './millrace-process.ts';
import { removeTopics } from './remove-topics.ts';
import { runScript } from './run-script.ts';

const MILLRACE = 'apps/cli/bin/millrace.mjs';

it('bench sees each of its requests answered once by services that run, counts dead letters, and says when none runs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-e2e-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const name = `e2e-${basename(folder).slice(-6).toLowerCase()}`;
  const env = { KAFKA_BROKERS: inject('brokers') };
  const millrace = (...args: string[]) => runScript([MILLRACE, ...args], env);
  const file = join(folder, name, 'pipeline.yaml');
  await millrace('init', join(folder, name));
  await appendFile(join(folder, name, 'events.jsonl'), '{"type":"requested","id":"bad","at":"2025-01-06T06:06:31Z"}\n');
  await using services = await MillraceProcess.up([file, '--http', '0'], env);
  onTestFinished(() => removeTopics(`${name}.`));
  const bench = () => millrace('bench', file, '--rate', '100', '--duration', '6s', '--json');

  const first = await bench();
  expect(first.status, first.output).toBe(0);
  const result = JSON.parse(first.output) as Readonly<Record<string, unknown>>;
  // 300 good events and a bad one, and the good ones again but for the last
  expect(result).toMatchObject({ events: 600, lost: 0, doubled: 0, dead_letters: { SCHEMA_VIOLATION: 1 } });
  expect(result['requests']).toBe(Number(result['answered']) + 1);
  expect(Number(result['answered'])).toBeGreaterThan(280);
  expect(result['sent_per_s']).toBeGreaterThan(80);
  const { p50, max } = result['latency_ms'] as { readonly p50: number; readonly max: number };
  expect(p50).toBeGreaterThan(0);
  expect(max).toBeGreaterThanOrEqual(p50);

  // the same file once more: none of it is a resend
  expect(JSON.parse((await bench()).output)).toMatchObject({ answered: result['answered'], lost: 0, doubled: 0 });

  await services.stop();
  const alone = await bench();
  expect(alone.status).toBe(1);
  expect(alone.output).toContain('NOT_RUNNING');
});
