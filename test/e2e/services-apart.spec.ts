import { loadPlan } from '@millrace/pipeline';
import type { PredictionValue } from '@millrace/records';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { offlineFeatures } from '../chaos/pipeline/offline-features.ts';
import { exampleSlice } from './example-slice.ts';
import { MillraceProcess } from './millrace-process.ts';
import { readAtLeast } from './read-topic.ts';
import { removeTopics } from './remove-topics.ts';
import { runScript } from './run-script.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';

const MILLRACE = 'apps/cli/bin/millrace.mjs';
const COUNT = 10_000;
/** Slow enough that instances come and go in the middle. */
const RATE = '1000';

describe('services in processes of their own', () => {
  let pipeline: ScratchPipeline;
  let file: string;
  let requests: readonly string[];
  let predictions: readonly PredictionValue[];

  const up = (service: string): Promise<MillraceProcess> =>
    MillraceProcess.up([pipeline.file, '--only', service, '--http', '0'], { KAFKA_BROKERS: inject('brokers') });

  beforeAll(async () => {
    pipeline = await makeScratchPipeline();
    const plan = await loadPlan(pipeline.file);
    ({ file, requests } = await exampleSlice(pipeline, COUNT));

    await using _ingest = await up('ingest');
    await using otherIngest = await up('ingest');
    await using feature = await up('feature');
    await using _other = await up('feature');
    await using scorer = await up('scorer');
    await using _monitor = await up('monitor');
    const replay = runScript([MILLRACE, 'replay', pipeline.file, file, '--rate', RATE], {
      KAFKA_BROKERS: inject('brokers'),
    });
    // in the middle: one instance of feature leaves in good order and another comes, the scorer and one of ingest are
    // killed and replaced
    expect(await feature.stop()).toBe(0);
    await scorer.kill();
    await otherIngest.kill();
    await using _ingestAgain = await up('ingest');
    await using _scorerAgain = await up('scorer');
    await using _featureAgain = await up('feature');
    const ended = await replay;
    expect(ended.status, ended.output).toBe(0);
    const { values } = await readAtLeast(inject('brokers'), plan.names.predictions, requests.length);
    predictions = values.map((value) => JSON.parse(value) as PredictionValue);
  });

  afterAll(async () => {
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  it('answer every request exactly once while instances come, go and are killed', () => {
    const ids = predictions.map(({ id }) => id);
    expect(ids.length).toBe(requests.length);
    expect(new Set(ids)).toEqual(new Set(requests));
  });

  it('give the features that the same events have offline, to the last digit', async () => {
    const offline = await offlineFeatures(pipeline, file);
    for (const { id, features } of predictions) expect(Object.values(features ?? {})).toEqual(offline.get(id));
  });

  it('keep the order of each entity', () => {
    const place = new Map(requests.map((id, i) => [id, i]));
    const last = new Map<string, number>();
    for (const { key, id } of predictions) {
      if (key === null) continue;
      const at = place.get(id) as number;
      expect(at).toBeGreaterThan(last.get(key) ?? -1);
      last.set(key, at);
    }
  });
});
