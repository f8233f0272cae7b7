import { loadPlan } from '@millrace/pipeline';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { countPredictions, type Answer, type PredictionTally } from '../chaos/pipeline/count-predictions.ts';
import { Fleet } from '../chaos/pipeline/fleet.ts';
import { offlineFeatures } from '../chaos/pipeline/offline-features.ts';
import { exampleSlice } from './example-slice.ts';
import { readTopic } from './read-topic.ts';
import { removeTopics } from './remove-topics.ts';
import { runScript } from './run-script.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';

const COUNT = 6000;
const RATE = '600';
const MOST_READS = 6;

describe('delivery: at_least_once', () => {
  let pipeline: ScratchPipeline;
  let tally: PredictionTally;

  beforeAll(async () => {
    pipeline = await makeScratchPipeline((text) => `${text}\ndelivery: at_least_once\n`);
    const { file, requests } = await exampleSlice(pipeline, COUNT);
    const { names } = await loadPlan(pipeline.file);
    const brokers = inject('brokers');
    await using fleet = new Fleet(pipeline.file, brokers);
    await fleet.startAll();
    const replay = runScript(['apps/cli/bin/millrace.mjs', 'replay', pipeline.file, file, '--rate', RATE], {
      KAFKA_BROKERS: brokers,
    });
    for (const instance of ['feature-1', 'scorer-2', 'ingest-1'] as const) {
      await fleet.ready();
      await fleet.killAndRestart(instance);
    }
    const { status, output } = await replay;
    expect(status, output).toBe(0);
    let answers: readonly Answer[] = [];
    for (let reads = 0; reads < MOST_READS && new Set(answers.map(({ id }) => id)).size < requests.length; reads++)
      answers = (await readTopic(brokers, names.predictions)).values.map((value) => JSON.parse(value) as Answer);
    tally = countPredictions({ requests, features: await offlineFeatures(pipeline, file) }, answers);
  });

  afterAll(async () => {
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  it('answers every request in spite of kill -9, with the features of an undisturbed run', () => {
    console.log(`at least once: ${JSON.stringify(tally)}`);
    expect(tally).toMatchObject({ lost: 0, strange: 0, differentFeatures: 0 });
  });
});
