import { AppError } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { publishedFeatures } from './published-features.ts';
import { objectSchema, testPlan } from './testing/index.ts';

const COMMON = { id: 'string', at: 'string', customer: 'string', seller: ['integer', 'null'], place: 'string' };
const ORDER = objectSchema({ ...COMMON, ref: 'string', age: 'number', any: ['string', 'boolean'] }) as {
  readonly properties: object;
};
const SCHEMAS = {
  'order.json': { ...ORDER, properties: { ...ORDER.properties, loose: {} } },
  'paid.json': objectSchema({ ...COMMON, ref: 'string' }),
};
const VALUE = '{ name: v, value: "1.0" }';

function text(pseudonyms: string, features = VALUE, more = ''): string {
  return `apiVersion: millrace/v1
name: shop
events:
  order: { schema: order.json, id: id, time: at }
  paid: { schema: paid.json, id: id, time: at }
  pseudonyms: [${pseudonyms}]
predict: { on: order, key: customer, model: m }
features: [${features}]
${more}`;
}

const plan = (...args: Parameters<typeof text>) => testPlan(text(...args), SCHEMAS);
const complaint = (...args: Parameters<typeof text>): Promise<string> =>
  plan(...args).then(
    () => 'none',
    (error: AppError) => error.detail,
  );
const where = (expression: string): string =>
  `{ name: w, from: paid, by: [customer], over: 1h, take: count, where: "${expression}" }`;

describe('events.pseudonyms', () => {
  it('names fields that key, order, join, and are counted', async () => {
    const features = [
      '{ name: a, from: paid, by: [customer, seller], over: 1h, take: count }',
      '{ name: b, from: paid, by: [place], over: 1h, take: distinct, of: customer }',
      '{ name: c, from: paid, by: [place], over: 1h, take: count, of: seller }',
      where('customer == seller'),
      where('seller != null && (customer != seller || place == \\"x\\")'),
      '{ name: d, value: "customer == seller" }',
    ].map((feature, i) => feature.replace(/name: \w/, `name: f${i}`));
    const outcome = 'outcome: { from: paid, id: ref, label: "customer == seller", within: 1h }';
    const { pseudonyms, ...loaded } = await plan('customer, seller, id, ref', features.join(', '), outcome);
    expect(pseudonyms).toEqual({ fields: ['customer', 'seller', 'id', 'ref'], of: null });
    expect(publishedFeatures(loaded)).toEqual(['f0', 'f1', 'f2', 'f3', 'f4', 'f5']);
  });

  it.each([
    'customer == \\"ann\\"',
    'customer == place',
    'customer.startsWith(\\"a\\")',
    'size(customer) > 3',
    'seller > 3',
    'seller + 1 == 3',
    'hash(customer) == 1',
    'customer in [customer]',
    '[place].exists(x, x == customer)',
    '(place == \\"x\\" ? customer : seller) == customer',
    'customer.matches(\\"a\\")',
  ])('lets no expression look into one: %s', async (expression) => {
    const said = await complaint('customer, seller', where(expression));
    expect(said).toMatch(
      /features\[0\]\.where: found (customer|seller), a pseudonym, in more than a comparison; allowed /,
    );
  });

  it.each([
    ['a value', '{ name: v, value: customer, categories: [ann] }', 'features[0].value: found customer, a pseudonym'],
    ['a sum', '{ name: v, from: paid, by: [place], over: 1h, take: sum, of: seller }', 'found text for sum'],
    ['a last one', '{ name: v, from: paid, by: [place], over: 1h, take: last, of: customer }', 'found text for last'],
  ])('lets no feature be %s', async (_, feature, said) => {
    expect(await complaint('customer, seller', feature)).toContain(said);
  });

  it.each([
    ['custmer', 'events.pseudonyms[0]: found unknown field custmer'],
    ['at', "events.pseudonyms[0]: found at, which is an event's time"],
    ['age', 'events.pseudonyms[0]: found age, number in order; allowed fields whose schema says string or integer'],
    ['any', 'events.pseudonyms[0]: found any, string or boolean in order'],
    ['loose', 'events.pseudonyms[0]: found loose, of no type in order'],
    ['customer, age', 'events.pseudonyms[1]: found age'],
  ])('refuses %s', async (fields, said) => {
    expect(await complaint(fields)).toContain(said);
  });

  it('refuses a field that is sensitive too', async () => {
    const both = text('place').replace('events:', 'events:\n  sensitive: [place]');
    await expect(testPlan(both, SCHEMAS)).rejects.toThrow(
      /pseudonyms\[0\]: found place, which is in events.sensitive too/,
    );
  });

  it.each([
    ['ref', 'found ref, a pseudonym, and the id of order, id, is none'],
    ['id', 'found ref, which is no pseudonym, and the id of order, id, is one'],
    ['id, ref', 'none'],
    ['customer', 'none'],
  ])('refuses outcomes that would never meet their prediction: %s', async (fields, said) => {
    expect(await complaint(fields, VALUE, 'outcome: { from: paid, id: ref, label: "true", within: 1h }')).toContain(
      said,
    );
  });

  it('makes another feature set, whatever its order, and the same one without any', async () => {
    const sets = await Promise.all(['', 'customer', 'customer, id', 'id, customer'].map((fields) => plan(fields)));
    const [none, one, two, again] = sets.map(({ featureSet }) => featureSet);
    expect(new Set([none, one, two]).size).toBe(3);
    expect(again).toBe(two);
    const without = await testPlan(text('').replace(/ +pseudonyms.*\n/, ''), SCHEMAS);
    expect(without.featureSet).toBe(none);
  });

  it('names no value of one in what a schema does not allow', async () => {
    const [order] = (await plan('customer')).events;
    const violation = order?.violation({
      id: '1',
      at: '',
      customer: ['ann'],
      seller: null,
      place: '',
      ref: '',
      age: 1,
      any: 1,
    });
    expect(violation).toContain('/customer must be string, found something else');
  });
});
