import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { growTopic } from '@millrace/kafka/testing';
import { loadPlan, type Plan } from '@millrace/pipeline';
import type { PredictionValue } from '@millrace/records';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { offlineFeatures } from '../chaos/pipeline/offline-features.ts';
import { exampleSlice, type ExampleSlice } from './example-slice.ts';
import { MillraceProcess } from './millrace-process.ts';
import { readAtLeast } from './read-topic.ts';
import { removeTopics } from './remove-topics.ts';
import { runScript } from './run-script.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';

const COUNT = 4000;
/** Events before the change. */
const FIRST = 2500;
const PARTITIONS = 8;

/** As docs/operations.md says. */
describe('a pipeline that gets more partitions with a changed plan', () => {
  let pipeline: ScratchPipeline;
  let before: Plan;
  let slice: ExampleSlice;
  let predictions: readonly PredictionValue[];

  const env = () => ({ KAFKA_BROKERS: inject('brokers') });
  const up = (file: string): Promise<MillraceProcess> => MillraceProcess.up([file, '--http', '0'], env());

  async function replay(file: string, lines: readonly string[]): Promise<void> {
    const events = join(pipeline.folder, 'part.jsonl');
    await writeFile(events, `${lines.join('\n')}\n`);
    const { status, output } = await runScript(['apps/cli/bin/millrace.mjs', 'replay', file, events], env());
    expect(status, output).toBe(0);
  }

  beforeAll(async () => {
    pipeline = await makeScratchPipeline();
    before = await loadPlan(pipeline.file);
    slice = await exampleSlice(pipeline, COUNT);
    await using _old = await up(pipeline.file);
    await replay(pipeline.file, slice.lines.slice(0, FIRST));
    const { names } = before;
    for (const topic of [names.predictions, names.outcomes, names.examples, names.dlq, names.events])
      await growTopic(inject('brokers').split(','), topic, PARTITIONS);
    const changed = join(pipeline.folder, 'changed.yaml');
    const text = (await readFile(pipeline.file, 'utf8')).replace('dep_delay >= 15"', 'dep_delay >= 15.0"');
    await writeFile(changed, `${text}\ntopics: { partitions: ${PARTITIONS} }\n`);
    await using next = await up(changed);
    await vi.waitUntil(() => isReady(next), { timeout: 90_000, interval: 200 });
    await replay(changed, slice.lines.slice(FIRST));
    const { values } = await readAtLeast(inject('brokers'), names.predictions, slice.requests.length);
    predictions = values.map((value) => JSON.parse(value) as PredictionValue);
  });

  afterAll(async () => {
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  it('answers every request once', () => {
    expect(predictions.map(({ id }) => id).toSorted()).toEqual([...slice.requests].toSorted());
  });

  it('fills the windows of the new partitions with what came before', async () => {
    const offline = await offlineFeatures(pipeline, slice.file);
    const after = predictions.filter(({ feature_set: set }) => set !== before.featureSet);
    expect(after.length).toBeGreaterThan(0);
    for (const { id, features } of after) expect(Object.values(features ?? {})).toEqual(offline.get(id));
  });
});

async function isReady({ urls }: MillraceProcess): Promise<boolean> {
  return (await fetch(new URL('/health/ready', urls['ingest']))).ok;
}
