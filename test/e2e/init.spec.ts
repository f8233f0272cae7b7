import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { expect, inject, it, onTestFinished } from 'vitest';

import { MillraceProcess } from './millrace-process.ts';
import { removeTopics } from './remove-topics.ts';
import { runScript } from './run-script.ts';

const MILLRACE = 'apps/cli/bin/millrace.mjs';

it('a new pipeline runs at once: its events become predictions and examples', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-e2e-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const name = `e2e-${basename(folder).slice(-6).toLowerCase()}`;
  const env = { KAFKA_BROKERS: inject('brokers') };
  const millrace = async (...args: string[]): Promise<string> => {
    const { status, output } = await runScript([MILLRACE, ...args], env);
    expect(status, output).toBe(0);
    return output;
  };
  const [dir, file] = [join(folder, name), join(folder, name, 'pipeline.yaml')];
  await millrace('init', dir);
  await using _services = await MillraceProcess.up([file, '--http', '0'], env);
  onTestFinished(() => removeTopics(`${name}.`));
  await millrace('replay', file, join(dir, 'events.jsonl'));
  const predictions = await millrace('tail', file, 'predictions', '--from-beginning', '--count', '150');
  const minutes = [...predictions.matchAll(/"minutes":([\d.]+)/g)].map(([, found]) => Number(found));
  expect(minutes).toHaveLength(150);
  // a ride of 1 to 20 km, two minutes a km and what the zone's last rides took
  expect(Math.min(...minutes)).toBeGreaterThan(5);
  expect(Math.max(...minutes)).toBeLessThan(70);
  const examples = await millrace('tail', file, 'examples', '--from-beginning', '--count', '140');
  expect(examples).toContain('"label":');
});
