import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import type { Plan } from '@millrace/pipeline';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { tail } from '../commands/tail.ts';
import { recordedContext } from '../testing/recorded-context.ts';
import { topicView } from './topic-view.ts';

const PIPELINE = fileURLToPath(new URL('../../../../examples/flights/pipeline.yaml', import.meta.url));

const EXAMPLE = {
  id: 'a',
  key: null,
  time: '2013-11-12T15:59:00Z',
  model: 'arrival-delay',
  version: '1',
  variant: 'champion',
  feature_set: '78efd68f',
  outputs: { probability: 0.5372134 },
  features: { hour_of_day: 11.983334, visibility: null, distance: 419 },
  scored_at: '2026-01-01T00:00:00.007Z',
  label: 1,
  label_time: '2013-11-12T19:03:00Z',
};

let plan: Plan;
let log: MemoryLog;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prediction-table-'));
  plan = await recordedContext().loadPlan(PIPELINE);
  log = new MemoryLog({ clock: new SystemClock() });
  const topics = [plan.names.predictions, plan.names.examples];
  await log.admin().create(topics.map((topic) => ({ topic, partitions: 1, replication: null, config: {} })));
});
afterEach(() => rm(folder, { recursive: true }));

async function exported(view: 'predictions' | 'examples', values: readonly object[], known = plan) {
  const topic = plan.names[view];
  const publisher = log.publisher();
  await publisher.publish(values.map((value) => ({ topic, partition: 0, key: null, value: JSON.stringify(value) })));
  const out = join(folder, `${view}.parquet`);
  await tail(log, topicView(view, known), { fromBeginning: true, out }, recordedContext());
  const file = await asyncBufferFromFile(out);
  const { schema } = await parquetMetadataAsync(file);
  return { rows: await parquetReadObjects({ file }), names: schema.slice(1).map(({ name }) => name) };
}

describe('millrace tail --out with .parquet', () => {
  it('gives a label a column of texts, and an output of several columns all of them', async () => {
    const outputs = { verdict: 'late', 'p.early': 0.25, 'p.late': 0.75 };
    const picked = new Map([
      ['label', 'verdict'],
      ['probabilities', 'p'],
    ]);
    const known = { ...plan, predict: { ...plan.predict, outputs: picked } };
    const { rows, names } = await exported('predictions', [{ ...EXAMPLE, outputs }], known);
    expect(names.filter((name) => name in outputs)).toEqual(['verdict', 'p.early', 'p.late']);
    expect(rows).toMatchObject([outputs]);
  });

  it('does not take a text for a number, nor leave it out', async () => {
    const labelled = { ...EXAMPLE, outputs: { probability: 'late' } };
    await expect(exported('predictions', [EXAMPLE, labelled])).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      detail: expect.stringContaining('has a text for the output probability'),
    });
  });

  it('gives examples a column per feature, in the vector’s order, and per output, and the label', async () => {
    const { rows, names } = await exported('examples', [EXAMPLE, { ...EXAMPLE, id: 'b', key: 'N1', label: 0 }]);
    expect(names).toEqual([
      'id',
      'key',
      'time',
      'model',
      'version',
      'variant',
      'feature_set',
      ...plan.vector.map(({ name }) => name),
      'probability',
      'scored_at',
      'label',
      'label_time',
    ]);
    expect(rows).toEqual([
      {
        ...Object.fromEntries(plan.vector.map(({ name }) => [name, null])),
        id: 'a',
        key: null,
        model: 'arrival-delay',
        version: '1',
        variant: 'champion',
        feature_set: '78efd68f',
        hour_of_day: Math.fround(11.983334),
        distance: 419,
        probability: 0.5372134,
        label: 1,
        time: new Date(EXAMPLE.time),
        scored_at: new Date(EXAMPLE.scored_at),
        label_time: new Date(EXAMPLE.label_time),
      },
      expect.objectContaining({ id: 'b', key: 'N1', label: 0 }),
    ]);
  });

  it('gives predictions no label', async () => {
    const { names, rows } = await exported('predictions', [EXAMPLE]);
    expect(names.slice(-2)).toEqual(['probability', 'scored_at']);
    expect(rows).toHaveLength(1);
  });

  it('takes the outputs of predict.outputs, whatever the first record has', async () => {
    const outputs = new Map([
      ['p', 'probability'],
      ['m', 'minutes'],
    ]);
    const records = [EXAMPLE, { ...EXAMPLE, outputs: { minutes: 3, other: 4 } }];
    const { rows } = await exported('examples', records, { ...plan, predict: { ...plan.predict, outputs } });
    expect(rows).toMatchObject([
      { probability: 0.5372134, minutes: null },
      { probability: null, minutes: 3 },
    ]);
  });

  it('refuses to leave out an output that a later record has', async () => {
    await expect(exported('examples', [EXAMPLE, { ...EXAMPLE, outputs: { other: 1 } }])).rejects.toThrow(
      /offset 1 of .*examples.* has the output other, the first record had probability/,
    );
  });

  it('has the columns that it can know where there is no record', async () => {
    const { names, rows } = await exported('examples', []);
    expect([rows.length, names.includes('label'), names.includes('distance')]).toEqual([0, true, true]);
  });

  it('refuses a feature that has the name of another column', () => {
    const vector = plan.vector.map((feature, i) => (i === 0 ? { ...feature, name: 'label' } : feature));
    expect(() => topicView('examples', { ...plan, vector }).table('out.parquet')).toThrow(/called label/);
    expect(() => topicView('predictions', { ...plan, vector }).table('out.parquet')).not.toThrow();
  });
});
