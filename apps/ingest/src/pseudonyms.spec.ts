import { ManualClock } from '@millrace/core/testing';
import { offlineFeatures, SampledRequests, type FeatureRow, type FileEvent } from '@millrace/features';
import { collect, oneByOne } from '@millrace/features/testing';
import { pseudonymUnder, type Plan } from '@millrace/pipeline';
import { testPlan } from '@millrace/pipeline/testing';
import { ApiKeys } from '@millrace/platform';
import { partitionOf, type OutboundRecord } from '@millrace/records';
import { beforeAll, describe, expect, it } from 'vitest';

import { EventDoor } from './door/event-door.ts';
import { OpenStage } from './testing/open-stage.ts';
import { iso, NEW_YEAR } from './testing/rides.ts';

const KEY = 'a secret for these tests that is long enough';
const of = pseudonymUnder(KEY, 'rides');

const text = (pseudonyms: string): string => `
apiVersion: millrace/v1
name: rides
topics: { partitions: 8 }
events:
  asked: { schema: event.json, id: id, time: at }
  ended: { schema: event.json, id: id, time: at }
  pseudonyms: [${pseudonyms}]
predict: { on: asked, key: rider, model: fare }
features:
  - { name: rides, from: ended, by: [rider], over: 1h, take: count }
  - { name: fare, from: ended, by: [rider, zone], over: 1h, take: mean, of: fare }
  - { name: riders, from: ended, by: [zone], over: 1h, take: distinct, of: rider }
  - { name: own, from: ended, by: [zone], over: 1h, take: count, where: "rider == driver" }
outcome: { from: ended, id: ride, label: "fare >= 20.0", within: 6h }
`;
const name = { type: 'string', maxLength: 8 };
const SCHEMAS = {
  'event.json': {
    type: 'object',
    required: ['id', 'at', 'rider', 'zone'],
    properties: {
      id: name,
      ride: { type: ['string', 'integer'] },
      at: { type: 'string' },
      rider: name,
      driver: { type: ['string', 'null'], maxLength: 8 },
      zone: { type: 'integer' },
      fare: { type: 'number' },
    },
  },
};

const RAW = ['ann-raw', 'bob-raw', '-raw', '88888'];
const event = (type: string, id: string, ms: number, more: object = {}) => ({
  type,
  id,
  at: iso(NEW_YEAR + ms),
  rider: 'ann-raw',
  zone: 88888,
  ...more,
});
const ended = (id: string, ms: number, more: object = {}) =>
  event('ended', id, ms, { ride: 'ride-raw', fare: 25, driver: null, ...more });
const EVENTS = [
  ended('e1-raw', 1),
  ended('e2-raw', 2, { rider: 'bob-raw', driver: 'bob-raw', fare: 5 }),
  ended('e3-raw', 3, { fare: 10, ride: 7 }),
  event('asked', 'ride-raw', 9),
];

async function* fileEvents(): AsyncGenerator<FileEvent> {
  for (const { type, ...payload } of EVENTS) yield { type, payload };
}
const said = (records: readonly OutboundRecord[]): string =>
  records.flatMap(({ key, value, headers = [] }) => [key, value, ...headers.flat()]).join(' ');

let plain: Plan;
let plan: Plan;
beforeAll(async () => {
  plain = await testPlan(text(''), SCHEMAS);
  plan = await testPlan(text('id, ride, rider, driver, zone'), SCHEMAS, KEY);
});

describe('pseudonyms', () => {
  it('are all that ingest writes of the fields that have some, in keys and values', async () => {
    const stage = await OpenStage.with([0], plan);
    const { records, deadLetters } = stage.process(...EVENTS.map((value) => ({ value })));
    expect(deadLetters).toEqual([]);
    expect(RAW.filter((raw) => said(records).includes(raw))).toEqual([]);
    expect(said(records)).toContain(of('ride-raw'));
    const rider = records.filter(({ topic }) => topic.endsWith('.by.rider'));
    expect(new Set(rider.map(({ key }) => key))).toEqual(new Set([of('ann-raw'), of('bob-raw'), null]));
    for (const { key, partition } of rider) if (key !== null) expect(partition).toBe(partitionOf(String(key), 8));
    const outcomes = records.filter(({ topic }) => topic === plan.names.outcomes).map(({ value }) => String(value));
    expect(outcomes.map((one) => (JSON.parse(one) as { id: string }).id)).toEqual([
      of('ride-raw'),
      of('ride-raw'),
      of('7'),
    ]);
  });

  it('give bit by bit the features that the values give, offline, and under what they stand for', async () => {
    const rows = (by: Plan): Promise<readonly FeatureRow[]> => collect(offlineFeatures(by, oneByOne(fileEvents())));
    const [expected, found] = [await rows(plain), await rows(plan)];
    expect(expected.map(({ vector }) => [...vector])).toEqual([[2, 17.5, 2, 1]]);
    expect(found.map(({ vector }) => vector)).toEqual(expected.map(({ vector }) => vector));
    expect(found).toMatchObject([{ id: of('ride-raw'), key: of('ann-raw'), at: NEW_YEAR + 9 }]);
  });

  it('are what a sample of predictions is found by again', async () => {
    const sampled = new SampledRequests(plan, new Map([[of('ride-raw'), NEW_YEAR + 9]]));
    for await (const one of fileEvents()) sampled.show(one);
    for await (const one of fileEvents()) sampled.take(one);
    expect([...((await sampled.vectors()).get(of('ride-raw'))?.vector ?? [])]).toEqual([2, 17.5, 2, 1]);
  });

  it('come behind the check of the schema, which sees what the event has', async () => {
    const stage = await OpenStage.with([0], plan);
    const { deadLetters } = stage.process({ value: { ...EVENTS[3], rider: 'longer than 8' } });
    expect(deadLetters).toMatchObject([
      { code: 'SCHEMA_VIOLATION', reason: expect.not.stringContaining('longer') as string },
    ]);
  });

  it('are what the door answers, for an event that it refuses too, while the topic of events gets what came', async () => {
    const sent: OutboundRecord[] = [];
    const topic = {
      partitions: async () => 1,
      publish: async (records: readonly OutboundRecord[]) => void sent.push(...records),
    };
    const clock = new ManualClock(NEW_YEAR);
    const door = new EventDoor({ plan, topic, keys: new ApiKeys([], clock), clock });
    const body = Buffer.from(JSON.stringify([EVENTS[3], { ...EVENTS[0], rider: 5 }, { ...EVENTS[0], id: '' }]));
    const { accepted, errors } = await door.accept({ body, headers: { 'content-type': 'application/json' } });
    expect(accepted).toEqual([of('ride-raw')]);
    expect(errors.map(({ id, code }) => [id, code])).toEqual([
      [of('e1-raw'), 'SCHEMA_VIOLATION'],
      [null, 'NO_ID'],
    ]);
    expect(sent.map(({ key }) => key)).toEqual([of('ann-raw')]);
    expect(JSON.parse(String(sent[0]?.value))).toEqual(EVENTS[3]);
  });
});
