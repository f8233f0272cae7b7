import { objectSchema, testPlan } from '@millrace/pipeline/testing';
import { blockHash, type StageRequest } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import { createProjector } from './projector.ts';

const SCHEMA = objectSchema({
  id: 'string',
  at: 'integer',
  user: ['string', 'null'],
  shop: ['string', 'null'],
  desk: 'integer',
});

async function blockOf(monitor: string, payload: Readonly<Record<string, string | number | null>>) {
  const plan = await testPlan(
    `apiVersion: millrace/v1
name: shop
events: { ask: { schema: ask.json, id: id, time: at } }
predict: { on: ask, key: user, model: m, version: "1" }
features: [{ name: d, value: double(desk) }]
monitor: { ${monitor} }
`,
    { 'ask.json': SCHEMA },
  );
  const event = { type: 'ask', id: 'a', at: 1, origin: { partition: 0, offset: 0 }, promise: null, attempts: 0 };
  const asked = createProjector(plan).project({ ...event, payload: { id: 'a', at: 1, ...payload } });
  const question = asked.at(-1)?.record as StageRequest | undefined;
  return question?.assembly?.block;
}

describe('the block of a request', () => {
  const payload = { user: 'ann', shop: 'x', desk: 7 };

  it('goes along as a hash of its field', async () => {
    expect(await blockOf('block: shop', payload)).toBe(blockHash('x'));
    expect(await blockOf('block: desk', payload)).toBe(blockHash('7'));
    expect(await blockOf('block: shop', { ...payload, shop: 'y'.repeat(5000) })).toBe(blockHash('y'.repeat(5000)));
  });

  it('does not where the request has none, the plan has none, or it is the key, which goes along anyway', async () => {
    expect(await blockOf('block: shop', { ...payload, shop: null })).toBeUndefined();
    expect(await blockOf('remind: 1h', payload)).toBeUndefined();
    expect(await blockOf('block: user', payload)).toBeUndefined();
  });
});
