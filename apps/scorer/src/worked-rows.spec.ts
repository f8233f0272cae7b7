import { SystemClock } from '@millrace/core';
import { loadModel, openRegistry } from '@millrace/inference';
import { loadPlan } from '@millrace/pipeline';
import { encodeFeaturesRecord, type InboundRecord } from '@millrace/records';
import { expect, it } from 'vitest';

import { ScorerStage } from './scorer.stage.ts';
import { oneModel } from './testing/one-model.ts';

const FLIGHTS = new URL('../../../examples/flights/pipeline.yaml', import.meta.url).pathname;

it('gives requests of the flights example their probabilities with the real model', async () => {
  const plan = await loadPlan(FLIGHTS);
  const files = await openRegistry(plan.models).resolve(plan.predict.model, plan.predict.version);
  const vector = plan.vector.map(({ name }) => name);
  const clock = new SystemClock();
  const model = await loadModel({ files, vector, clock, workers: 1, ...plan.predict });
  const stage = new ScorerStage({ plan, models: oneModel(model), clock });
  const topic = plan.names.features;
  const records = WORKED_ROWS.map(({ id, at, key, values }, offset): InboundRecord => {
    const origin = { partition: 0, offset };
    const value = encodeFeaturesRecord({
      kind: 'vector',
      id,
      at,
      key,
      origin,
      attempts: 0,
      late: false,
      vector: Float32Array.from(values),
    });
    return { topic, partition: 0, offset, timestamp: at, key: null, value, headers: [] };
  });
  await stage.open([{ topic, partition: 0 }]).load(new Map());
  const output = await stage.process(records);
  const found = output.records
    .filter((record) => record.topic === plan.names.predictions)
    .map((record) => JSON.parse(String(record.value)));
  expect(found.map(({ id, version }) => [id, version])).toEqual(WORKED_ROWS.map(({ id }) => [id, '1']));
  found.forEach(({ outputs }, i) => {
    expect(Math.abs(outputs.probability - (WORKED_ROWS[i]?.probability as number))).toBeLessThan(1e-5);
  });
  expect(found[0].features).toMatchObject({ origin_due_1h: 21, temperature: 35.96 });
  expect(found[2].features).toMatchObject({ tail_last_arr_delay: null, flight_arr_delay_mean_14d: 0.3 });
  await model.close();
});

/** Id, time, key, label (not used), the vector and the probability: computed once by other programs. */
const WORKED_ROWS =
  `2013-11-12-MQ-3572-LGA,1384271940000,N537MQ,1,11.9833333333,1,419,5,2,10,13.80936,35.96,0.03,64,21,42,0.452380952381,0.454545454545,14.1,2.88636363636,35,-5.46153846154,-12,73860,0.537213385105
2013-11-13-B6-1-JFK,1384352460000,N643JB,0,10.35,2,1069,1,1,10,16.11092,32,0,61,9,50,0.02,0.030303030303,-4.68,-15.2142857143,-15.25,-11.5,-11,21120,0.0521020293236
2013-11-14-US-2167-LGA,1384423200000,N742PS,0,6,3,214,6,2,10,13.80936,35.06,0,1,1,0,,0,,,,0.3,,,0.088415145874
2013-11-17-AA-2223-LGA,1384721700000,N467AA,1,16.9166666667,6,888,4,2,1.5,0,55.94,0.02,58,20,30,0.266666666667,0.153846153846,38.1666666667,-0.788461538462,-1.5,-9.33333333333,,,0.440299034119
2013-12-05-9E-4277-LGA,1386291600000,,,21,3,585,7,2,7,8.05546,57.92,0,49,7,41,0.731707317073,0.857142857143,212,127.68,,0,,,0.746616065502`
    .split('\n')
    .map((line) => {
      const [id = '', at, key = '', , ...numbers] = line.split(',');
      const values = numbers.map((text) => (text === '' ? Number.NaN : Number(text)));
      return {
        id,
        at: Number(at),
        key: key || null,
        values: values.slice(0, -1),
        probability: values.at(-1) as number,
      };
    });
