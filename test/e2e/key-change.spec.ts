import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { loadPlan, type Plan } from '@millrace/pipeline';
import type { PredictionValue } from '@millrace/records';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { exampleSlice, type ExampleSlice } from './example-slice.ts';
import { MillraceProcess } from './millrace-process.ts';
import { offlineVectors } from './offline-vectors.ts';
import { readAtLeast } from './read-topic.ts';
import { removeTopics } from './remove-topics.ts';
import { runScript } from './run-script.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';

const MILLRACE = 'apps/cli/bin/millrace.mjs';
const KEYS = [
  'the first key of pseudonyms, which is long enough',
  'the second one, which is long enough as well',
] as const;
const COUNT = 4000;

interface Event {
  readonly type: string;
  readonly id: string;
  readonly arr_delay?: number | null;
}

describe('a key of pseudonyms that changes with the plan', () => {
  let pipeline: ScratchPipeline;
  let files: readonly [before: string, after: string];
  let plans: readonly [before: Plan, after: Plan];
  let slice: ExampleSlice;
  let predictions: readonly PredictionValue[];

  const env = (key: string) => ({ KAFKA_BROKERS: inject('brokers'), MILLRACE_PSEUDONYM_KEY: key });
  const up = (side: 0 | 1): Promise<MillraceProcess> =>
    MillraceProcess.up([files[side], '--http', '0'], env(KEYS[side]));

  async function replay(side: 0 | 1): Promise<void> {
    const events = join(pipeline.folder, `${side}.jsonl`);
    await writeFile(
      events,
      `${slice.lines.slice(side === 0 ? 0 : COUNT / 2, side === 0 ? COUNT / 2 : COUNT).join('\n')}\n`,
    );
    const { status, output } = await runScript([MILLRACE, 'replay', files[side], events], env(KEYS[side]));
    expect(status, output).toBe(0);
  }

  async function published<T>(topic: string, count: number): Promise<readonly T[]> {
    const { values } = await readAtLeast(inject('brokers'), topic, count);
    return values.map((value) => JSON.parse(value) as T);
  }

  beforeAll(async () => {
    pipeline = await makeScratchPipeline((text) =>
      text.replace('events:\n', 'events:\n  pseudonyms: [id, tailnum, dest]\n'),
    );
    files = [pipeline.file, join(pipeline.folder, 'changed.yaml')];
    const text = await readFile(files[0], 'utf8');
    await writeFile(files[1], text.replace('/ 60.0"', '/ 60.00"'));
    plans = [await loadPlan(files[0]), await loadPlan(files[1])];
    slice = await exampleSlice(pipeline, COUNT);
    await using old = await up(0);
    await replay(0);
    await using next = await up(1);
    const isReady = async (): Promise<boolean> => (await fetch(`${next.urls['ingest']}/health/ready`)).ok;
    await vi.waitUntil(isReady, { timeout: 120_000, interval: 200 });
    expect(await old.stop()).toBe(0);
    await replay(1);
    predictions = await published(plans[0].names.predictions, slice.requests.length);
    expect(await next.stop()).toBe(0);
  });

  afterAll(async () => {
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  it('leaves every request with one answer, of windows that were filled under the new key', async () => {
    expect(predictions).toHaveLength(slice.requests.length);
    expect(new Set(predictions.map(({ id }) => id)).size).toBe(slice.requests.length);
    for (const side of [0, 1] as const) {
      const offline = await offlineVectors(pipeline, files[side], slice.file, env(KEYS[side]));
      const own = predictions.filter(({ feature_set: set }) => set === plans[side].featureSet);
      expect(own.length).toBeGreaterThan(100);
      for (const { id, features } of own) expect(Object.values(features ?? {})).toEqual(offline.get(id));
    }
  });

  it('joins a prediction with an outcome of its own side of the switch, and with no other', async () => {
    const joined = pairs(slice).filter(([asked, came]) => asked < COUNT / 2 === came < COUNT / 2);
    expect(joined.length).toBeLessThan(pairs(slice).length);
    expect(await published(plans[0].names.examples, joined.length)).toHaveLength(joined.length);
  });
});

/** Where a request is among the events, and where its outcome. */
function pairs({ lines }: ExampleSlice): readonly (readonly [asked: number, came: number])[] {
  const events = lines.map((line) => JSON.parse(line) as Event);
  const asked = new Map(events.flatMap(({ type, id }, i) => (type === 'departure_due' ? [[id, i] as const] : [])));
  return events.flatMap(({ type, id, arr_delay: delay }, came) => {
    const at = asked.get(id);
    return type === 'arrived' && delay !== null && at !== undefined ? [[at, came] as const] : [];
  });
}
