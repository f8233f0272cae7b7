import { describe, expect, it } from 'vitest';

import type { Plan } from './plan.ts';
import { objectSchema, testPlan } from './testing/index.ts';

const SCHEMAS = {
  'order.json': objectSchema({
    id: 'string',
    at: 'string',
    user: 'string',
    shop: 'string',
    'a b': 'string',
    a_b: 'string',
    amount: 'number',
    note: 'string',
  }),
  'order2.json': objectSchema({
    id: 'string',
    at: 'string',
    user: 'string',
    shop: 'string',
    'a b': 'string',
    a_b: 'string',
    amount: 'integer',
    note: 'string',
  }),
  'order3.json': objectSchema({
    id: 'string',
    at: 'string',
    user: 'string',
    shop: 'string',
    'a b': 'string',
    a_b: 'string',
    amount: 'number',
    more: 'integer',
  }),
};

function plan(features: string, schema = 'order.json'): Promise<Plan> {
  return testPlan(
    `apiVersion: millrace/v1\nname: s\nevents: { order: { schema: ${schema}, id: id, time: at } }\npredict: { on: order, key: user, model: m }\nfeatures:\n${features}`,
    SCHEMAS,
  );
}

const count = (name: string, by: string, over = '1h'): string =>
  `  - { name: ${name}, from: order, by: [${by}], over: ${over}, take: count }\n`;

describe('stages', () => {
  it('are one per set of fields, whatever their order', async () => {
    const { stages, vector } = await plan(
      count('a', 'user, shop') + count('b', 'user', '2h') + count('c', 'shop, user', '3h'),
    );
    expect(
      stages.map(({ by, features, longestMs, assembler }) => [
        by,
        features.map((feature) => feature.name),
        longestMs,
        assembler,
      ]),
    ).toEqual([
      [['user', 'shop'], ['a', 'c'], 10_800_000, false],
      [['user'], ['b'], 7_200_000, true],
    ]);
    expect(vector.map((feature) => feature.kind === 'window' && [feature.stage, feature.slot])).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
  });

  it('always include an assembler keyed by predict.key', async () => {
    const { stages } = await plan('  - { name: a, value: amount }\n');
    expect(stages).toMatchObject([{ by: ['user'], features: [], longestMs: 0, assembler: true }]);
  });

  it('have topics of their own, whatever their fields are called', async () => {
    const { stages, featureSet } = await plan(count('a', 'a b') + count('b', 'a_b') + count('c', 'user, shop'));
    expect(stages.map((stage) => stage.topic)).toEqual(
      ['a_b', 'a_b.2', 'user-shop', 'user'].map((part) => `s.${featureSet}.by.${part}`),
    );
  });
});

describe('the version of a feature set', () => {
  const one = count('a', 'user');

  it('is 8 hex digits, in the names of internal topics', async () => {
    const { featureSet, names } = await plan(one);
    expect(featureSet).toMatch(/^[0-9a-f]{8}$/);
    expect(names.features).toBe(`s.${featureSet}.features`);
  });

  it('does not depend on spelling, nor on fields that no feature uses', async () => {
    const versions = await Promise.all([
      plan(one),
      plan(`# a comment\n${count('a', 'user', '60m')}`),
      plan(one, 'order3.json'),
    ]);
    expect(new Set(versions.map(({ featureSet }) => featureSet)).size).toBe(1);
  });

  it('changes with parentheses around an expression, as docs/operations.md has it, and not with a number written otherwise', async () => {
    const value = (source: string): string => `  - { name: v, value: ${source} }\n`;
    const mean = (otherwise: string): string =>
      `  - { name: m, from: order, by: [user], over: 1h, take: mean, of: amount, default: ${otherwise} }\n`;
    const [one, same, other] = await Promise.all(
      [value('amount') + mean('15'), value('amount') + mean('15.0'), value('(amount)') + mean('15')].map((text) =>
        plan(text),
      ),
    );
    expect(same?.featureSet).toBe(one?.featureSet);
    expect(other?.featureSet).not.toBe(one?.featureSet);
  });

  it('changes with a window, a name, an order, a type that an expression uses', async () => {
    const value = '  - { name: v, value: amount }\n';
    const plans = [
      plan(one),
      plan(count('a', 'user', '2h')),
      plan(count('b', 'user')),
      plan(count('a', 'shop')),
      plan(one + value),
      plan(value + one),
      plan(value),
      plan(value, 'order2.json'),
    ];
    expect(new Set((await Promise.all(plans)).map(({ featureSet }) => featureSet)).size).toBe(plans.length);
  });
});
