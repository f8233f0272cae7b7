import { joinKey, topicNames, type Plan } from '@millrace/pipeline';
import {
  decodeOutcomesRecord,
  decodeScoredRecord,
  NOTHING_FOLLOWS,
  partitionOf,
  PLAN_NOTE,
  type OutboundRecord,
  type PlanOffer,
} from '@millrace/records';
import { beforeEach, describe, expect, it } from 'vitest';

import { BenchTraffic } from './testing/bench-traffic.ts';
import { benchPlan, MonitorBench } from './testing/monitor-bench.ts';

const HOUR = 3_600_000;
const BEFORE = await benchPlan('{ window: { every: 1h, min_rows: 40 } }');
const AFTER: Plan = { ...BEFORE, featureSet: 'bbbbbbbb', names: topicNames(BEFORE.name, 'bbbbbbbb') };
const OFFER: PlanOffer = {
  to: AFTER.featureSet,
  key: BEFORE.predict.key,
  outcome: true,
  partitions: BEFORE.topics.partitions,
};
let traffic: BenchTraffic;
let bench: MonitorBench;

const start = (plan: Plan): Promise<MonitorBench> => MonitorBench.start({ plan, outputs: ['p'], profiles: new Map() });

/** Its output is an integer that float64 has not. */
const ROW = { at: HOUR, x: 0.25, p: 2 ** 53, lost: Float64Array.of(1) };

beforeEach(async () => {
  traffic = new BenchTraffic(BEFORE);
  bench = await start(BEFORE);
  for (const id of ['waits', 'matched']) bench.append(traffic.row(id, 0, ROW));
  for (const id of ['matched', 'early']) bench.append(traffic.outcome(id, 0, HOUR));
  bench.drain();
});

/** What comes of the word that nothing follows in partition 0. */
async function end(offer: PlanOffer | null): Promise<readonly OutboundRecord[]> {
  const { control, scored, joinOutcomes } = BEFORE.names;
  const key = PLAN_NOTE.offer(BEFORE.featureSet);
  if (offer) bench.append({ topic: control, partition: 0, key, value: JSON.stringify(offer) });
  bench.append(traffic.progress(0, NOTHING_FOLLOWS));
  bench.append(traffic.clock(0, 0, NOTHING_FOLLOWS));
  const last = [scored, joinOutcomes].map((topic) => bench.of(topic).slice(-1));
  return (await bench.stage.process(last.flat())).records;
}

const inTopic = (records: readonly OutboundRecord[], topic: string): readonly Uint8Array[] =>
  records.flatMap((record) => (record.topic === topic ? [record.value as Uint8Array] : []));

describe('a feature set that has given over', () => {
  it('hands on what waits for its other half, and not what has found it', async () => {
    const records = await end(OFFER);
    const { scored, joinOutcomes } = AFTER.names;
    const rows = inTopic(records, scored).map(decodeScoredRecord);
    expect(rows).toEqual([expect.objectContaining({ kind: 'carried', id: 'waits', at: HOUR, key: 'key of waits' })]);
    expect(inTopic(records, joinOutcomes).map(decodeOutcomesRecord)).toEqual([
      expect.objectContaining({ id: 'early' }),
    ]);
    expect(records.at(-1)).toMatchObject({
      topic: BEFORE.names.control,
      key: PLAN_NOTE.drained(BEFORE.featureSet, 0),
    });
  });

  it('hands it on to where the next set looks for it, which may have more partitions', async () => {
    const { scored, joinOutcomes } = AFTER.names;
    const partitions = 64;
    const placed = (await end({ ...OFFER, partitions }))
      .filter(({ topic }) => [scored, joinOutcomes].includes(topic))
      .map(({ key, partition }) => ({ key, partition }));
    expect(placed).toHaveLength(2);
    for (const { key, partition } of placed) expect(partition).toBe(partitionOf(key as string, partitions));
  });

  it('closes no window that had not ended', async () => {
    expect(inTopic(await end(OFFER), BEFORE.names.counts)).toEqual([]);
  });

  it('hands nothing on, and no value, to a set that has pseudonyms in its place', async () => {
    const pseudonyms = { fields: [BEFORE.predict.key], of: null };
    const records = await end({ ...OFFER, key: joinKey({ ...AFTER, pseudonyms }) });
    expect(records.map(({ topic }) => topic)).toEqual([BEFORE.names.control]);
  });

  it.each([
    ['without an offer', null],
    ['whose predict.key is another', { ...OFFER, key: 'other' }],
    ['that has no outcomes', { ...OFFER, outcome: false }],
  ])('hands nothing on to a set %s', async (_, offer) => {
    const records = await end(offer);
    expect(records.map(({ topic }) => topic)).toEqual([BEFORE.names.control]);
  });
});

describe('the set that took over', () => {
  it('makes the example that the set before would have made, also after a restart, and hands on what still waits', async () => {
    const handedOn = (await end(OFFER)).filter(({ topic }) => topic.includes(AFTER.featureSet));
    const old = await start(BEFORE);
    old.append(traffic.row('waits', 0, ROW));
    old.append(traffic.outcome('waits', 0, HOUR + 1));
    old.drain();
    const next = await start(AFTER);
    for (const record of handedOn) next.append(record);
    next.drain();
    await next.restart();
    next.append(new BenchTraffic(AFTER).outcome('waits', 0, HOUR + 1));
    next.append(new BenchTraffic(AFTER).row('early', 0, { at: HOUR }));
    next.drain();
    const made = next.of(AFTER.names.examples).map(({ value }) => String(value));
    const [wanted] = old.of(BEFORE.names.examples).map(({ value }) => String(value));
    expect(made.map((text) => (JSON.parse(text) as { id: string }).id).toSorted()).toEqual(['early', 'waits']);
    expect(made).toContain(wanted);
    expect(wanted).toContain('"p":9007199254740993');
  });
});
