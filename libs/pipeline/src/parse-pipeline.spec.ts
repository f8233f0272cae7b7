import { isAppError, type AppError } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { objectSchema, testPlan } from './testing/index.ts';

const SCHEMAS = {
  'order.json': objectSchema({
    id: 'string',
    at: 'string',
    user: ['string', 'null'],
    shop: 'string',
    amount: 'number',
    items: 'integer',
  }),
  'paid.json': objectSchema({ id: 'string', at: 'string', user: 'string', shop: 'string', late: 'boolean' }),
};

const HEAD = `apiVersion: millrace/v1
name: shop
events:
  order: { schema: order.json, id: id, time: at }
  paid: { schema: paid.json, id: id, time: at }
predict: { on: order, key: user, model: risk }
`;
const FEATURES = `features:
  - { name: amount, value: amount }
`;

/** The lines of the error that the file leads to. */
async function refusal(text: string): Promise<AppError> {
  const error: unknown = await testPlan(text, SCHEMAS).then(
    () => new Error('it is valid'),
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw error;
  return error;
}

async function complaints(text: string): Promise<readonly string[]> {
  return (await refusal(text)).detail.split('\n');
}

describe('parsePipeline', () => {
  it.each([
    ['registry', '/pipeline/registry'],
    ['file:///srv/models', '/srv/models'],
    ['s3://ml-models', 's3://ml-models'],
    ['s3://ml-models/team_a/', 's3://ml-models/team_a'],
  ])('takes models from %s', async (models, location) => {
    expect((await testPlan(`${HEAD}${FEATURES}models: ${models}\n`, SCHEMAS)).models).toBe(location);
  });

  it('fills in every default', async () => {
    const plan = await testPlan(HEAD + FEATURES, SCHEMAS);
    expect(plan).toMatchObject({
      name: 'shop',
      models: '/pipeline/models',
      delivery: 'exactly_once',
      onOutOfRange: 'stop',
      dedupe: { withinMs: 3_600_000, memoryBytes: 16 * 1024 ** 2 },
      dlq: { maxPerMinute: null },
      topics: { partitions: 4, replication: null, retentionMs: 7 * 86_400_000 },
      limits: {
        sensitive: [],
        maxAheadMs: 3_600_000,
        maxBytes: 512 * 1024,
        latenessMs: 60_000,
        retainLateMs: 600_000,
        maxSkewMs: 600_000,
        watermarkTimeoutMs: 30_000,
      },
      flow: { maxLag: 200_000 },
      predict: {
        on: 'order',
        key: 'user',
        model: 'risk',
        version: null,
        includeFeatures: true,
        outputs: null,
        providers: ['cpu'],
        batch: { rows: 256, deadlineMs: 20 },
      },
      outcome: null,
      monitor: {
        window: { everyMs: 3_600_000, rows: null, starts: null, zone: 'UTC', minRows: 300, atMostMs: 86_400_000 },
        warmUpMs: 0,
        floor: 0.1,
        runLength: 1000,
        persistence: 2,
        remindMs: 86_400_000,
        joinMemoryBytes: 256 * 1024 ** 2,
      },
    });
  });

  it('freezes the plan all the way down', async () => {
    const plan = await testPlan(HEAD + FEATURES, SCHEMAS);
    for (const part of [
      plan,
      plan.predict,
      plan.predict.batch,
      plan.stages,
      plan.stages[0],
      plan.vector[0],
      plan.events[0],
      plan.monitor.window,
    ])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it('reports everything that is wrong at once, in the order of the file', async () => {
    const lines = await complaints(`apiVersion: millrace/v1
nam: shop
events:
  order: { schema: ordr.json, id: id, time: at }
  paid: { schema: paid.json, id: idd, time: at }
  max_ahed: 1h
predict: { on: oder, key: user, model: risk, version: 1 }
features:
  - { name: a, from: paid, by: [shp], over: 1 hour, take: avg, of: "lte" }
`);
    expect(lines.map((line) => line.split(': found')[0])).toEqual([
      'pipeline.yaml:1:1: the file',
      'pipeline.yaml:2:1: nam',
      'pipeline.yaml:4:20: events.order.schema',
      'pipeline.yaml:5:34: events.paid.id',
      'pipeline.yaml:6:13: events.max_ahed',
      'pipeline.yaml:7:16: predict.on',
      'pipeline.yaml:7:55: predict.version',
      'pipeline.yaml:9:33: features[0].by[0]',
      'pipeline.yaml:9:45: features[0].over',
      'pipeline.yaml:9:59: features[0].take',
      'pipeline.yaml:9:69: features[0].of',
    ]);
    for (const [line, meant] of [
      [1, 'name'],
      [3, 'id'],
      [4, 'max_ahead'],
      [5, 'order'],
      [6, '"1"'],
      [7, 'shop'],
      [10, 'late'],
    ] as const)
      expect(lines[line]).toMatch(new RegExp(`did you mean ${meant}\\?$`));
  });

  it('suggests quotes only where what they would hold is allowed', async () => {
    const [line] = await complaints(`${HEAD}features: [{ name: a, from: paid, by: [user], over: 14, take: count }]\n`);
    expect(line).toMatch(/found 14; allowed a duration such as 250ms, 30s, 5m, 1h or 7d$/);
  });

  it('points into expressions over several lines', async () => {
    const [line] = await complaints(`${HEAD}features:
  - name: a
    value: >-
      amount
        + 1.0
      + nothing
`);
    expect(line).toMatch(/^pipeline.yaml:12:9: features\[0\]\.value: found unknown field nothing/);
    expect(await complaints(`${HEAD}features: [{ name: a, value: 'origin + ''x''' }]\n`)).toEqual([
      expect.stringMatching(/^pipeline.yaml:7:31: /),
    ]);
    expect(await complaints(`${HEAD}features: [{ name: a, value: 'shop == ''x'' && y' }]\n`)).toEqual([
      expect.stringMatching(/^pipeline.yaml:7:48: /),
    ]);
    expect(await complaints(`${HEAD}features: [{ name: a, value: "shop == \\"x\\" && y" }]\n`)).toEqual([
      expect.stringMatching(/^pipeline.yaml:7:48: /),
    ]);
  });

  it('says where YAML itself is broken', async () => {
    expect(await complaints('name: [1\nb: 2\n')).toEqual([expect.stringMatching(/^pipeline.yaml:2:1: not YAML/)]);
    expect(await complaints('name: a\nname: b\n')).toEqual([expect.stringMatching(/^pipeline.yaml:2:1: not YAML/)]);
    expect(await complaints('')).toEqual([expect.stringMatching(/^pipeline.yaml:1:1: the file: found null/)]);
  });

  it.each([
    ['features: [{ name: a, value: amount }, { name: a, value: items }]', 'features[1].name: found a again'],
    ['features: [{ name: a, value: amount, over: 1h }]', 'features[0].over: found over beside value'],
    ['features: [{ name: a, value: amount, from: paid }]', 'features[0].from: found both value and from'],
    ['features: [{ name: a }]', 'features[0]: found neither value nor from'],
    ['features: [{ name: a, value: amount, other: true }]', 'features[0].other: found other without categories'],
    ['features: [{ name: a, value: shop }]', 'features[0].value: found text'],
    ['features: [{ name: a, value: shop, categories: [x, 2] }]', 'features[0].categories[1]: found 2'],
    ['features: [{ name: a, from: paid, by: [user], take: count }]', 'features[0]: found no over'],
    ['features: [{ name: a, from: paid, by: [user], over: 0s, take: count }]', 'features[0].over: found 0s'],
    [
      'features: [{ name: a, from: paid, by: [user], over: 1h, take: mean }]',
      'features[0].take: found mean without of',
    ],
    [
      'features: [{ name: a, from: paid, by: [user], over: 1h, take: time_since_last, of: late }]',
      'features[0].of: found of beside take: time_since_last',
    ],
    [
      'features: [{ name: a, from: paid, by: [user], over: 1h, take: sum, of: shop }]',
      'features[0].of: found text for sum',
    ],
    [
      'features: [{ name: a, from: paid, by: [user], over: 1h, take: count, where: "1 + 1" }]',
      'features[0].where: found an expression of type int',
    ],
    [
      'features: [{ name: a, from: paid, by: [late], over: 1h, take: count }]',
      'features[0].by[0]: found unknown field late of order',
    ],
    [
      'features: [{ name: a, from: order, by: [amount, late], over: 1h, take: count }]',
      'features[0].by[1]: found unknown field late of order',
    ],
  ])('refuses %s', async (features, complaint) => {
    expect(await complaints(`${HEAD}${features}\n`)).toEqual([expect.stringContaining(`: ${complaint}`)]);
  });

  it.each([
    ['outcome: { from: pad, id: id, label: late, within: 1h }', 'outcome.from: found unknown type pad'],
    ['outcome: { from: paid, id: idd, label: late, within: 1h }', 'outcome.id: found unknown field idd of paid'],
    ['outcome: { from: paid, id: id, label: shop, within: 1h }', 'outcome.label: found text'],
    ['outcome: { from: paid, id: id, label: late }', 'outcome: found no within'],
    ['topics: { retention: 1h }', 'topics.retention: found 1h; allowed at least 2h'],
    ['monitor: { window: { every: 1h, rows: 5 } }', 'monitor.window.rows: found both every and rows'],
    ['monitor: { window: { starts: monday } }', 'monitor.window.starts: found monday with every: 1h'],
    ['monitor: { window: { zone: Mars/Olympus } }', 'monitor.window.zone: found zone Mars/Olympus'],
    [
      'monitor: { floors: { estimate.gab: 0.2, estimate.gap: 0.1, dead_letters: 0.1 } }',
      "monitor.floors.estimate.gab: found unknown signal estimate.gab; allowed a feature's name, outputs.<name>, rate.<type>, dead_letters, skew.<feature>, performance.error_rate",
    ],
    ['monitor: { slices: [amount] }', 'monitor.slices[0]: found amount; allowed a feature with categories'],
    ['monitor: { floors: { amout: 0.2 } }', 'monitor.floors.amout: found unknown signal amout'],
    ['monitor: { skew: 1.5 }', 'monitor.skew: found 1.5; allowed a share from 0 to 1'],
    ['monitor: { floors: { skew.amout: 0.2 } }', 'monitor.floors.skew.amout: found unknown signal skew.amout'],
    [
      'monitor: { floors: { skew.amount: { own: 0.9 } } }',
      'monitor.floors.skew.amount: found own; allowed a number: a reference has no skew',
    ],
    ['models: ftp://x/y', 'models: found ftp://x/y; allowed a folder, a file: URL, or s3://bucket/prefix ('],
    ['models: s3://Bucket/models', 'models: found s3://Bucket/models'],
    ['models: s3:bucket', 'models: found s3:bucket'],
    ['models: s3://', 'models: found s3://'],
    ['models: s3://bucket/a/../b', 'models: found s3://bucket/a/../b'],
  ])('refuses %s', async (section, complaint) => {
    expect(await complaints(`${HEAD}${FEATURES}${section}\n`)).toEqual([expect.stringContaining(`: ${complaint}`)]);
  });

  it('refuses a key that is no single value', async () => {
    const schemas = { 'e.json': objectSchema({ k: 'array', m: 'object', n: 'integer' }) };
    const text =
      'apiVersion: millrace/v1\nname: p\nevents: { e: { schema: e.json } }\npredict: { on: e, key: k, model: m }\n' +
      'features: [{ name: f, from: e, by: [m], over: 1h, take: count }]\n';
    await expect(testPlan(text, schemas)).rejects.toThrow(
      /predict\.key: found k, a list in e.*\n.*by\[0\]: found m, a map in e/,
    );
  });

  it('refuses a key of several fields of which one is another type in event and request: they would never meet', async () => {
    const schemas = {
      'ask.json': objectSchema({ k: 'string', n: 'integer', x: 'number', any: ['string', 'integer'] }),
      'e.json': objectSchema({ k: 'string', n: 'string', x: 'integer', any: 'string' }),
    };
    const text = (by: string) =>
      'apiVersion: millrace/v1\nname: p\nevents: { ask: { schema: ask.json }, e: { schema: e.json } }\n' +
      `predict: { on: ask, key: k, model: m }\nfeatures: [{ name: f, from: e, by: ${by}, over: 1h, take: count }]\n`;
    await expect(testPlan(text('[k, n]'), schemas)).rejects.toThrow(
      'pipeline.yaml:5:40: features[0].by[1]: found n, a text in e and a number in ask',
    );
    for (const by of ['[k, x]', '[k, any]', '[n]']) await expect(testPlan(text(by), schemas)).resolves.toBeDefined();
  });

  it('refuses a key that is sensitive, and a sensitive field that no event has', async () => {
    const text = HEAD.replace('events:', 'events:\n  sensitive: [user, pin]') + FEATURES;
    expect(await complaints(text)).toEqual([
      expect.stringContaining('events.sensitive[1]: found unknown field pin'),
      expect.stringContaining('predict.key: found user, which is sensitive'),
    ]);
    const outcome = HEAD.replace('events:', 'events:\n  sensitive: [shop]') + FEATURES;
    expect(await complaints(`${outcome}outcome: { from: order, id: shop, label: "true", within: 1h }\n`)).toEqual([
      expect.stringContaining('outcome.id: found shop, which is sensitive'),
    ]);
  });

  it.each(['rollout: { to: 10 }', 'retrain: {}'])('says that %s is not in this version', async (section) => {
    expect(await refusal(`${HEAD}${FEATURES}${section}\n`)).toMatchObject({
      code: 'NOT_IN_THIS_VERSION',
      detail: expect.stringMatching(/^pipeline.yaml:9:\d+: /),
    });
  });

  it('names the invalid file first where something comes later and something is wrong', async () => {
    expect((await refusal(`${HEAD}${FEATURES}rollout: {}\ntopics: { partitions: 0 }\n`)).code).toBe('PIPELINE_INVALID');
  });

  it('takes a field of the request for a block that is no list and not sensitive', async () => {
    const planned = async (more: string) => (await testPlan(`${HEAD}${FEATURES}${more}`, SCHEMAS)).monitor;
    expect([(await planned('monitor: { block: shop }\n')).block, (await planned('')).block]).toEqual(['shop', null]);
    expect(await complaints(`${HEAD}${FEATURES}monitor: { block: shoo }\n`)).toEqual([
      expect.stringMatching(/monitor.block: .*shoo.*shop/),
    ]);
    const sensitive = HEAD.replace('events:', 'events:\n  sensitive: [shop]') + FEATURES;
    expect(await complaints(`${sensitive}monitor: { block: shop }\n`)).toEqual([
      expect.stringContaining('monitor.block: found shop, which is sensitive'),
    ]);
  });

  it('accepts settings of later versions that ask for nothing', async () => {
    await expect(testPlan(`${HEAD}${FEATURES}monitor: { sinks: [] }\n`, SCHEMAS)).resolves.toBeDefined();
  });

  it('computes predictions again where the file says which share', async () => {
    const skewOf = async (more: string) => (await testPlan(`${HEAD}${FEATURES}${more}`, SCHEMAS)).monitor.skew;
    expect([await skewOf(''), await skewOf('monitor: { skew: 0.05, floors: { skew.amount: 0.2 } }\n')]).toEqual([
      0, 0.05,
    ]);
  });

  it('keeps no answers unless it says how many bytes of them, and for how long', async () => {
    const cached = (cache: string): string =>
      `${HEAD.replace(/predict: \{/, `predict: { cache: ${cache},`)}${FEATURES}`;
    expect((await testPlan(HEAD + FEATURES, SCHEMAS)).predict.cache).toBeNull();
    expect((await testPlan(cached('{ size: 2MB, for: 5m }'), SCHEMAS)).predict.cache).toEqual({
      sizeBytes: 2 * 1024 ** 2,
      forMs: 300_000,
    });
    for (const [wrong, found] of [
      ['{ size: 2MB }', /predict.cache: found no for; allowed for: a duration above 0/],
      ['{ size: 0MB, for: 5m }', /predict.cache.size: found "?0MB"?; allowed a size above 0/],
      ['{ size: 2MB, for: 0s }', /predict.cache.for: found "?0s"?; allowed a duration above 0/],
      ['true', /predict.cache: found true/],
    ] as const)
      expect(await complaints(cached(wrong))).toEqual([expect.stringMatching(found)]);
  });

  it('takes id and time from the headers where the file names no field', async () => {
    const plan = await testPlan(
      HEAD.replace('{ schema: paid.json, id: id, time: at }', '{ schema: paid.json, id: ce_id }') + FEATURES,
      SCHEMAS,
    );
    expect(plan.events.map(({ id, time }) => [id, time])).toEqual([
      ['id', 'at'],
      [null, null],
    ]);
  });

  it('keeps records as long as the longest window needs, and a day more', async () => {
    const plan = await testPlan(
      `${HEAD}features: [{ name: a, from: paid, by: [user], over: 30d, take: count }]\n`,
      SCHEMAS,
    );
    expect([plan.topics.retentionMs, plan.monitor.warmUpMs]).toEqual([31 * 86_400_000, 30 * 86_400_000]);
  });
});
