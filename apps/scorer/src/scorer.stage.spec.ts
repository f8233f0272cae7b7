import { AppError } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import type { ModelPort } from '@millrace/inference';
import { inThreadModel, ScriptedExecutor } from '@millrace/inference/testing';
import type { Plan } from '@millrace/pipeline';
import { objectSchema, testPlan } from '@millrace/pipeline/testing';
import {
  decodeCountsRecord,
  decodeScoredRecord,
  encodeFeaturesRecord,
  headerText,
  LETTER_PLACES,
  type FeaturesRecord,
  type InboundRecord,
  type OutboundRecord,
  type ScoredRow,
  type VectorRow,
} from '@millrace/records';
import { describe, expect, it } from 'vitest';

import { ScorerStage } from './scorer.stage.ts';
import { oneModel } from './testing/one-model.ts';

const NOW = Date.UTC(2026, 0, 1);

const smallPlan = (predict = ''): Promise<Plan> =>
  testPlan(
    `apiVersion: millrace/v1
name: shop
events: { ask: { schema: ask.json, id: id, time: at } }
predict: { on: ask, key: user, model: m, version: "1", batch: { rows: 4 }${predict} }
features: [{ name: a, value: "a" }, { name: b, value: "b" }]
`,
    {
      'ask.json': {
        ...objectSchema({ id: 'string', at: 'integer', user: ['string', 'null'], a: 'number', b: 'number' }),
      },
    },
  );

/** Answers with the sum of the features; 13 makes it fail. */
const sumModel = (script: ConstructorParameters<typeof ScriptedExecutor>[2] = []): ModelPort => {
  const clock = new ManualClock(NOW);
  const answer = (vector: Float32Array): readonly number[] => {
    if (vector[0] === 13) throw new AppError('MODEL_FAILED', 'thirteen');
    return [vector.reduce((sum, value) => sum + value, 0)];
  };
  return inThreadModel({ clock, executors: [new ScriptedExecutor(clock, answer, script)], batchRows: 4 });
};

const vector = (id: string, values: readonly number[], change: Partial<VectorRow> = {}): VectorRow => ({
  kind: 'vector',
  id,
  at: 1384271940000,
  key: `key of ${id}`,
  origin: { partition: 7, offset: 70 },
  attempts: 2,
  late: false,
  vector: Float32Array.from(values),
  ...change,
});

async function setUp({
  model = sumModel(),
  predict = '',
  plan = smallPlan(predict),
}: { model?: ModelPort; predict?: string; plan?: Promise<Plan> } = {}) {
  const found = await plan;
  const stage = new ScorerStage({ plan: found, models: oneModel(model), clock: new ManualClock(NOW) });
  const topic = found.names.features;
  const states = [0, 1, 2].map((partition) => stage.open([{ topic, partition }]));
  for (const state of states) await state.load(new Map());
  let offset = 0;
  const inbound = (row: FeaturesRecord, partition = 0): InboundRecord => {
    const key = row.kind === 'vector' && row.key !== null ? Buffer.from(row.key) : null;
    return { topic, partition, offset: offset++, timestamp: NOW, key, value: encodeFeaturesRecord(row), headers: [] };
  };
  const to = (name: keyof Plan['names'], records: readonly OutboundRecord[]): readonly OutboundRecord[] =>
    records.filter((record) => record.topic === found.names[name]);
  return { stage, states, inbound, to, plan: found };
}

const json = (record: OutboundRecord | undefined) => JSON.parse(String(record?.value));
const scored = (record: OutboundRecord | undefined) => decodeScoredRecord(record?.value as Buffer);
const idOf = (record: OutboundRecord): string => (scored(record) as ScoredRow).id;

describe('ScorerStage', () => {
  it('writes the text of a label for users, and the index of its class for the monitor', async () => {
    const model = { ...sumModel(), labels: new Map([['probability', ['early', 'late']]]) };
    const { stage, inbound, to } = await setUp({ model });
    const { records } = await stage.process([inbound(vector('r1', [1, 0]))]);
    expect(json(to('predictions', records)[0]).outputs).toEqual({ probability: 'late' });
    expect(scored(to('scored', records)[0])).toMatchObject({ outputs: Float64Array.of(1) });
  });

  it('writes an integer beyond 2^53 in all its digits for users, and hands them on for examples', async () => {
    const clock = new ManualClock(NOW);
    const executor = new ScriptedExecutor(clock, ([a]) => (a === 1 ? [2 ** 53, 1] : [7]));
    const model = inThreadModel({ clock, executors: [executor], batchRows: 4 });
    const { stage, inbound, to } = await setUp({ model });
    const { records } = await stage.process([inbound(vector('r1', [1, 2])), inbound(vector('r2', [2, 2]))]);
    const [long, short] = to('predictions', records).map(({ value }) => String(value));
    expect(long).toContain('"outputs":{"probability":9007199254740993}');
    expect(short).toContain('"outputs":{"probability":7}');
    expect(to('scored', records).map(scored)).toMatchObject([
      { outputs: Float64Array.of(2 ** 53), lost: Float64Array.of(1) },
      { outputs: Float64Array.of(7) },
    ]);
  });

  it('writes the prediction for users and the row for the monitor, in the partition of the vector', async () => {
    const { stage, inbound, to, plan } = await setUp();
    const { records } = await stage.process([inbound(vector('r1', [1.5, 2]), 2)]);
    expect(records).toHaveLength(2);
    const [prediction] = to('predictions', records);
    expect(prediction).toMatchObject({ partition: 2, key: 'key of r1' });
    expect(prediction?.value).toBe(
      `{"id":"r1","key":"key of r1","time":"2013-11-12T15:59:00Z","model":"m","version":"1","variant":"champion","feature_set":"${plan.featureSet}",` +
        '"outputs":{"probability":3.5},"features":{"a":1.5,"b":2},"scored_at":"2026-01-01T00:00:00.000Z"}',
    );
    const [row] = to('scored', records);
    expect(row).toMatchObject({ partition: 2, key: 'key of r1' });
    expect(scored(row)).toEqual({
      kind: 'scored',
      id: 'r1',
      at: 1384271940000,
      key: 'key of r1',
      origin: { partition: 7, offset: 70 },
      attempts: 2,
      version: '1',
      variant: 'champion',
      vector: Float32Array.of(1.5, 2),
      outputs: Float64Array.of(3.5),
      scoredAt: NOW,
    });
  });

  it("hands the vector's block on to the monitor, and to nobody else", async () => {
    const { stage, inbound, to } = await setUp();
    const rows = [vector('a', [1, 2], { block: 7 }), vector('b', [1, 2])];
    const { records } = await stage.process(rows.map((row) => inbound(row)));
    expect(to('scored', records).map((record) => (scored(record) as ScoredRow).block)).toEqual([7, undefined]);
    expect(to('predictions', records).map(json)).toEqual([
      expect.not.objectContaining({ block: 7 }),
      expect.anything(),
    ]);
  });

  it('names itself as CloudEvents wants it', async () => {
    const { stage, inbound, to } = await setUp();
    const { records } = await stage.process([inbound(vector('r1', [1, 2]))]);
    const headers = to('predictions', records)[0]?.headers ?? [];
    expect(headers.map(([name, value]) => `${name}=${String(value)}`)).toEqual([
      'ce_specversion=1.0',
      'ce_type=millrace.prediction',
      'ce_source=/millrace/shop',
      'ce_id=r1',
      'ce_time=2013-11-12T15:59:00Z',
      'content-type=application/json',
    ]);
  });

  it('takes NaN, a null key and a late row like any other', async () => {
    const { stage, inbound, to } = await setUp();
    const { records, deadLetters } = await stage.process([
      inbound(vector('r1', [Number.NaN, 2], { key: null, late: true })),
    ]);
    expect(json(to('predictions', records)[0])).toMatchObject({
      key: null,
      outputs: { probability: null },
      features: { a: null, b: 2 },
    });
    expect(to('predictions', records)[0]?.key).toBeNull();
    expect(deadLetters).toEqual([]);
  });

  it('leaves the features out where the pipeline file says so', async () => {
    const { stage, inbound, to } = await setUp({ predict: ', include_features: false' });
    const { records } = await stage.process([inbound(vector('r1', [1, 2]))]);
    expect(json(to('predictions', records)[0])).not.toHaveProperty('features');
    expect((scored(to('scored', records)[0]) as ScoredRow).vector).toEqual(Float32Array.of(1, 2));
  });

  it('keeps the order of each partition though the last chunk is scored first', async () => {
    const answers: (() => void)[] = [];
    const score: ModelPort['score'] = (vectors) =>
      new Promise((resolve) =>
        answers.push(() => resolve(vectors.map(([, value = 0]) => ({ ok: true, value: Float64Array.of(value) })))),
      );
    const { stage, inbound, to } = await setUp({ model: { name: 'm', version: '1', outputs: ['probability'], score } });
    const batch = Array.from({ length: 50 }, (_, i) => inbound(vector(`${i % 3}-${i}`, [0, i]), i % 3));
    const processing = stage.process(batch);
    expect(answers).toHaveLength(13);
    for (const answer of answers.toReversed()) {
      answer();
      await Promise.resolve();
    }
    const { records } = await processing;
    for (const partition of [0, 1, 2]) {
      const expected = batch
        .filter((record) => record.partition === partition)
        .map((record) => `${partition}-${record.offset}`);
      const of = (name: 'predictions' | 'scored') =>
        to(name, records).filter((record) => record.partition === partition);
      expect(of('predictions').map((record) => json(record).id)).toEqual(expected);
      expect(of('scored').map(idOf)).toEqual(expected);
      expect(of('predictions').map((record) => json(record).outputs.probability)).toEqual(
        expected.map((id) => Number(id.slice(2))),
      );
    }
  });

  it('turns one bad row among 256 into one dead letter that names the event, and 255 predictions', async () => {
    const { stage, inbound, to, plan } = await setUp();
    const rows = Array.from({ length: 256 }, (_, i) => vector(`r${i}`, [i === 77 ? 13 : 0, i]));
    const { records, deadLetters } = await stage.process(rows.map((row) => inbound(row)));
    expect(to('predictions', records).map((record) => json(record).id)).toEqual(
      rows.filter((_, i) => i !== 77).map(({ id }) => id),
    );
    expect(deadLetters).toEqual([
      {
        eventId: 'r77',
        at: rows[77]?.at,
        stage: 'scorer',
        code: 'MODEL_FAILED',
        reason: 'thirteen',
        topic: plan.names.events,
        partition: 7,
        offset: 70,
        attempts: 2,
        type: plan.predict.on,
        key: Buffer.from('key of r77'),
        value: null,
        headers: [],
      },
    ]);
    const [counted] = to('counts', records).map(({ value }) => decodeCountsRecord(value as Buffer));
    if (counted?.kind !== 'delta') throw new Error('dead letters are counted');
    expect([counted.counts[1]?.[LETTER_PLACES.all], counted.counts[1]?.[LETTER_PLACES.stages + 2]]).toEqual([1, 1]);
  });

  it('passes what is no fault of a row on to the runner', async () => {
    const broken = new AppError('MODEL_UNUSABLE', 'it dies');
    const { stage, inbound } = await setUp({ model: sumModel([{ fail: broken }]) });
    await expect(stage.process([inbound(vector('r1', [1, 2]))])).rejects.toBe(broken);
  });

  it('passes a clock on behind the rows that came before it, and never back', async () => {
    const { stage, inbound, to, states } = await setUp();
    const clock = (at: number, partition: number) =>
      inbound({ kind: 'progress', source: partition, at, first: 5 }, partition);
    const before = states.map((state) => state.savepoint());
    const batch = [
      inbound(vector('r1', [1, 2]), 1),
      clock(100, 1),
      inbound(vector('r2', [1, 2]), 1),
      clock(90, 1),
      clock(90, 2),
    ];
    const process = async () => to('scored', (await stage.process(batch)).records).map(scored);
    const expected = [
      expect.objectContaining({ id: 'r1' }),
      { kind: 'progress', source: 1, at: 100, first: 5 },
      expect.objectContaining({ id: 'r2' }),
      { kind: 'progress', source: 2, at: 90, first: 5 },
    ];
    expect(await process()).toEqual(expected);
    states.forEach((state, i) => state.rollback(before[i] as number));
    expect(await process()).toEqual(expected);
  });

  it('remembers in its marker how far the clock has come, and needs no record for it', async () => {
    const { stage, inbound, states, plan, to } = await setUp();
    await stage.process([inbound({ kind: 'progress', source: 0, at: 100, first: 5 })]);
    const partition = { topic: plan.names.features, partition: 0 };
    const marker = states[0]?.marker(partition);
    expect(marker?.keepFrom).toBeNull();
    stage.close([partition]);
    const restored = stage.open([partition]);
    await restored.load(new Map([[`${partition.topic}/0`, marker?.body as Uint8Array]]));
    const { records } = await stage.process(
      [99, 101].map((at) => inbound({ kind: 'progress', source: 0, at, first: 5 })),
    );
    expect(to('scored', records).map(scored)).toEqual([{ kind: 'progress', source: 0, at: 101, first: 5 }]);
  });

  it('carries a sampled trace on, and says whose it is', async () => {
    const { stage, inbound, to } = await setUp();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const record = { ...inbound(vector('r1', [1, 2])), trace: { traceparent } };
    const bad = { ...inbound(vector('r2', [13, 2])), trace: { traceparent } };
    const { records, deadLetters, eventTimes } = await stage.process([record, bad]);
    const { at } = vector('r1', [1, 2]);
    expect(eventTimes).toEqual([at]);
    expect(record.trace).toEqual({ traceparent, eventId: 'r1', eventTimeMs: at, attributes: expect.anything() });
    expect(deadLetters).toMatchObject([{ eventId: 'r2', trace: { traceparent } }]);
    for (const name of ['predictions', 'scored'] as const) {
      const headers = to(name, records)[0]?.headers ?? [];
      expect([headerText(headers, 'traceparent'), headerText(headers, 'ce_id')]).toEqual([traceparent, 'r1']);
    }
    expect(headerText(deadLetters[0]?.headers ?? [], 'ce_id')).toBe('r2');
  });

  it('says on a traced record which micro-batch its row was in, and on no other', async () => {
    const { stage, inbound } = await setUp();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const traced: InboundRecord = { ...inbound(vector('r1', [1, 2])), trace: { traceparent } };
    const bad: InboundRecord = { ...inbound(vector('r2', [13, 2])), trace: { traceparent } };
    const plain = inbound(vector('r3', [1, 2]));
    await stage.process([traced, bad, plain]);
    const attributes = {
      'millrace.batch.reason': 'idle',
      'millrace.batch.rows': 3,
      'millrace.batch.wait_ms': 0,
      'millrace.batch.took_ms': 0,
    };
    expect([traced.trace?.attributes, bad.trace?.attributes, plain.trace]).toEqual([attributes, attributes, undefined]);
  });

  it('refuses a batch with a record that it cannot read, and gives that one up by its own place', async () => {
    const { stage, inbound, plan } = await setUp();
    const unreadable = { ...inbound(vector('r1', [1, 2])), value: Buffer.from('?') };
    const error = await stage.process([unreadable]).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).not.toBeNull();
    const { deadLetters } = stage.poison(unreadable, error);
    expect(deadLetters).toEqual([
      expect.objectContaining({ code: 'POISON', topic: plan.names.features, partition: 0, offset: unreadable.offset }),
    ]);
  });
});
