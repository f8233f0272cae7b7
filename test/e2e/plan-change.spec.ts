import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { loadPlan } from '@millrace/pipeline';
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
const COUNT = 16_000;
/** Slow enough that the plan changes, and processes are killed, in the middle. */
const RATE = '800';

interface Example extends PredictionValue {
  readonly label: number;
}

describe('a plan that changes while requests are on their way', () => {
  let pipeline: ScratchPipeline;
  let changed: string;
  let slice: ExampleSlice;
  let sets: readonly [before: string, after: string];
  let predictions: readonly PredictionValue[];
  let examples: readonly Example[];

  const up = (file: string): Promise<MillraceProcess> =>
    MillraceProcess.up([file, '--http', '0'], { KAFKA_BROKERS: inject('brokers') });

  beforeAll(async () => {
    pipeline = await makeScratchPipeline();
    changed = join(pipeline.folder, 'changed.yaml');
    await cp(pipeline.file, changed);
    const text = await readFile(pipeline.file, 'utf8');
    await writeFile(
      changed,
      text.replace('by: [origin], over: 3h, take: count', 'by: [origin], over: 9h, take: count'),
    );
    const [before, after] = [await loadPlan(pipeline.file), await loadPlan(changed)];
    sets = [before.featureSet, after.featureSet];
    slice = await exampleSlice(pipeline, COUNT);

    const old = await up(pipeline.file);
    const replay = runScript([MILLRACE, 'replay', pipeline.file, slice.file, '--rate', RATE], {
      KAFKA_BROKERS: inject('brokers'),
    });
    await vi.waitUntil(async () => (await eventsTaken(old)) > 1000, { timeout: 60_000, interval: 100 });
    // nothing can end before the old set is back, so that all of this falls into the switch
    await old.kill();
    const next = await up(changed);
    await next.kill();
    await using _nextAgain = await up(changed);
    await using oldAgain = await up(pipeline.file);
    const ended = await replay;
    expect(ended.status, ended.output).toBe(0);
    predictions = await readAll<PredictionValue>(before.names.predictions, slice.requests.length);
    const labelled = new Set(arrivals(slice));
    examples = await readAll<Example>(before.names.examples, predictions.filter(({ id }) => labelled.has(id)).length);
    expect(await oldAgain.stop()).toBe(0);
  });

  afterAll(async () => {
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  it('answers every request once, by the one set or the other', () => {
    const ids = predictions.map(({ id }) => id);
    expect(ids).toHaveLength(slice.requests.length);
    expect(new Set(ids)).toEqual(new Set(slice.requests));
    for (const set of sets) expect(predictions.some(({ feature_set }) => feature_set === set)).toBe(true);
  });

  it('keeps the order of each entity over the switch', () => {
    const place = new Map(slice.requests.map((id, i) => [id, i]));
    const last = new Map<string, { readonly at: number; readonly set: string }>();
    for (const { key, id, feature_set: set } of predictions) {
      if (key === null) continue;
      const before = last.get(key) ?? { at: -1, set };
      const at = place.get(id) as number;
      expect(at).toBeGreaterThan(before.at);
      expect([before.set, set]).not.toEqual([sets[1], sets[0]]);
      last.set(key, { at, set });
    }
  });

  it('gives each vector the features that its set has offline, from windows that know what came before the switch', async () => {
    for (const [i, file] of [pipeline.file, changed].entries()) {
      const offline = await offlineVectors(pipeline, file, slice.file);
      for (const { id, features } of predictions.filter(({ feature_set }) => feature_set === sets[i]))
        expect(Object.values(features ?? {})).toEqual(offline.get(id));
    }
  });

  it('makes an example of a prediction whose outcome comes after the switch, as the set before made it', () => {
    const made = new Map(predictions.map((prediction) => [prediction.id, prediction]));
    const labelled = arrivals(slice).filter((id) => made.has(id));
    expect(examples.map(({ id }) => id).toSorted()).toEqual(labelled.toSorted());
    for (const { id, feature_set, features } of examples)
      expect({ feature_set, features }).toEqual({
        feature_set: made.get(id)?.feature_set,
        features: made.get(id)?.features,
      });
  });

  it('cannot go back before what is left of the earlier set is deleted', async () => {
    const env = { KAFKA_BROKERS: inject('brokers') };
    const refused = await runScript([MILLRACE, 'up', pipeline.file, '--http', '0'], env);
    expect(refused.status).toBe(1);
    expect(refused.output).toContain(`has given over to ${sets[1]}`);
    await using next = await MillraceProcess.up([changed, '--http', '0', '--prune'], env);
    expect(next.said).toContain(`deleted ${pipeline.name}.${sets[0]}.scored`);
    await using back = await up(pipeline.file);
    await expect.poll(() => isReady(back), { timeout: 60_000, interval: 500 }).toBe(true);
  });
});

function arrivals({ lines }: ExampleSlice): readonly string[] {
  const events = lines.map((line) => JSON.parse(line) as { type: string; id: string; arr_delay?: number | null });
  return events.filter(({ type, arr_delay }) => type === 'arrived' && arr_delay !== null).map(({ id }) => id);
}

async function isReady({ urls }: MillraceProcess): Promise<boolean> {
  return (await fetch(new URL('/health/ready', urls['ingest']))).ok;
}

async function eventsTaken({ urls }: MillraceProcess): Promise<number> {
  const page = await (await fetch(new URL('/metrics', urls['ingest']))).text();
  const counts = page.matchAll(/^millrace_ingest_events_total\S* (\d+)/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

async function readAll<T>(topic: string, count: number): Promise<readonly T[]> {
  const { values } = await readAtLeast(inject('brokers'), topic, count);
  return values.map((value) => JSON.parse(value) as T);
}
