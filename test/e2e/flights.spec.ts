import type { PredictionValue } from '@millrace/records';
import type { DemoSummary } from '@millrace/standalone';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { batchRows, type BatchRow } from './batch-rows.ts';
import { differenceOf, isWithin, labelWindows, rowsOf } from './label-windows.ts';
import { offlinePerformance, offlineRows } from './offline-performance.ts';
import { readAtLeast, readTopic, type ReadTopic } from './read-topic.ts';
import { removeTopics } from './remove-topics.ts';
import { runStart } from './run-script.ts';
import { WORKED_ROWS } from './worked-rows.ts';

const PIPELINE = 'examples/flights/pipeline.yaml';
const EVENTS = 'examples/flights/data/flights-2013-10-28-to-12-22.jsonl.gz';
const PREDICTIONS = 51_436;

/** What the replay of the example must come to, on whatever log. */
function expectFlights(summary: DemoSummary): void {
  expect(summary).toMatchObject({
    events: 155_741,
    predictions: PREDICTIONS,
    dead_letters: 0,
    outcomes: 50_045,
    examples: 49_980,
  });
  expect(Math.abs((summary.auc ?? 0) - 0.7659)).toBeLessThanOrEqual(0.002);
  const opened = (name: string): readonly string[] =>
    summary.alerts.filter(({ signal }) => signal === name).map(({ opened_at }) => opened_at);
  expect(opened('outputs.probability')).toEqual(['2013-12-09T05:00:00Z']);
  expect(opened('performance.error_rate')).toEqual(['2013-12-09T05:00:00Z']);
  expect(opened('estimate.error_rate')).toEqual(['2013-12-16T05:00:00Z']);
  // the relation hardly changed: inputs and base rate did
  expect(opened('estimate.gap')).toEqual([]);
}

describe('the flights example on Kafka', () => {
  let run: Awaited<ReturnType<typeof runStart>> | undefined;
  let predictions: ReadTopic;
  let batch: ReadonlyMap<string, BatchRow>;

  beforeAll(async () => {
    const env = { KAFKA_BROKERS: inject('brokers') };
    // not --fresh: on somebody's own Kafka these topics may hold what they still want
    run = await runStart(['--kafka', 'external'], env);
    predictions = await readAtLeast(inject('brokers'), 'flights.predictions', PREDICTIONS);
    batch = await batchRows(PIPELINE, EVENTS);
  });

  afterAll(async () => {
    if (!run) return;
    console.log(`flights on Kafka: ${JSON.stringify(run.summary)}`);
    await removeTopics('flights.');
  });

  it('ends well, with every figure of the example', () => {
    expect(run?.status).toBe(0);
    expectFlights(run?.summary as DemoSummary);
    expect(run?.summary.kafka).toBe('external');
  });

  it('has exactly one prediction for every request, as another client reads them', () => {
    const ids = predictions.values.map((value) => (JSON.parse(value) as PredictionValue).id);
    expect(ids).toHaveLength(PREDICTIONS);
    expect(new Set(ids).size).toBe(PREDICTIONS);
  });

  it('gives the worked rows their features to 1e-6 and their probabilities to 1e-5', () => {
    const byId = new Map(
      predictions.values.map((value) => JSON.parse(value) as PredictionValue).map((found) => [found.id, found]),
    );
    for (const row of WORKED_ROWS) {
      const found = byId.get(row.id) as PredictionValue;
      expect({ key: found.key, time: Date.parse(found.time) }).toEqual({ key: row.key, time: row.at });
      const features = Object.values(found.features ?? {});
      row.features.forEach((wanted, i) => {
        if (wanted === null) expect(features[i]).toBeNull();
        else
          expect(Math.abs((features[i] as number) - wanted)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(wanted)));
      });
      expect(Math.abs((found.outputs['probability'] as number) - row.probability)).toBeLessThanOrEqual(1e-5);
    }
  });

  it('gives every request the vector and the probability that millrace batch computes from the file', () => {
    expect(batch.size).toBe(PREDICTIONS);
    const others = predictions.values.filter((value) => {
      const { id, key, time, version, features, outputs } = JSON.parse(value) as PredictionValue;
      const answer = { id, at: Date.parse(time), key, ...features, version, ...outputs };
      return JSON.stringify(answer) !== JSON.stringify(batch.get(id));
    });
    expect(others).toEqual([]);
  });

  it('measures and estimates each week as is computed offline, from millrace batch and the arrivals in the file', async () => {
    const windows = labelWindows((await readTopic(inject('brokers'), 'flights.ledger')).values);
    expect(windows.map(({ end }) => end)).toEqual(
      ['18', '25']
        .map((day) => `2013-11-${day}T05:00:00Z`)
        .concat(['02', '09', '16'].map((day) => `2013-12-${day}T05:00:00Z`)),
    );
    const rows = await offlineRows(batch, EVENTS);
    for (const window of windows) {
      const offline = offlinePerformance(rowsOf(window, rows));
      expect(differenceOf(window.performance, offline)).toBeLessThan(1e-5);
      expect(isWithin(window.performance, offline)).toBe(true);
    }
  });

  it('stops with exit status 1 where the topics exist already and --fresh was not said', async () => {
    const refused = runStart(['--kafka', 'external'], { KAFKA_BROKERS: inject('brokers') });
    await expect(refused).rejects.toThrow(/ended with 1 .*--fresh deletes them/s);
  });
});

describe('the flights example on the embedded log', () => {
  it('comes to the same', async () => {
    const { status, summary, output } = await runStart(['--kafka', 'embedded']);
    expect(status).toBe(0);
    expectFlights(summary);
    expect(summary.kafka).toBe('embedded');
    expect(output).toContain('nothing outlives this process');
  });
});
