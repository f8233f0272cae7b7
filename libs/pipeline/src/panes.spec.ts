import { isAppError } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { explainPlan } from './explain-plan.ts';
import { formatExplanation } from './format-explanation.ts';
import type { Plan } from './plan.ts';
import { estimateState } from './state-estimate.ts';
import { objectSchema, testPlan } from './testing/index.ts';

const SCHEMAS = { 'paid.json': objectSchema({ id: 'string', at: 'string', user: 'string', amount: 'number' }) };

function plan(features: string, more = ''): Promise<Plan> {
  return testPlan(
    `apiVersion: millrace/v1
name: shop
events: { paid: { schema: paid.json, id: id, time: at } }
predict: { on: paid, key: user, model: risk }
features:
  - ${features}
${more}`,
    SCHEMAS,
  );
}

const count = (over: string, resolution: string): string =>
  `{ name: a, from: paid, by: [user], over: ${over}, take: count, resolution: ${resolution} }`;

async function refusal(features: string, more?: string): Promise<string> {
  const error: unknown = await plan(features, more).catch((reason: unknown) => reason);
  return isAppError(error) ? `${error.code} ${error.detail}` : 'accepted';
}

describe('resolution', () => {
  it('is the width of the panes of a window', async () => {
    expect((await plan(count('1h', '5m'))).vector).toMatchObject([{ overMs: 3_600_000, resolutionMs: 300_000 }]);
  });

  it.each([
    ['1h', '1h', '1m'],
    ['30d', '31d', '12h'],
    ['90s', '0s', '1500ms'],
  ])('over %s is not %s; %s is suggested', async (over, resolution, suggested) => {
    expect(await refusal(count(over, resolution))).toBe(
      `PIPELINE_INVALID pipeline.yaml:6:${73 + over.length}: features[0].resolution: found ${resolution}; allowed from 1ms to less than over, ${over}; did you mean ${suggested}?`,
    );
  });

  it('may be all but the whole window, and is refused beside value', async () => {
    expect(await refusal(count('2ms', '1ms'))).toBe('accepted');
    expect(await refusal(count('2ms', '2ms'))).toMatch(/less than over, 2ms$/);
    expect(await refusal('{ name: a, value: amount, resolution: 1m }')).toContain('resolution beside value');
  });

  it('is part of the version of the feature set', async () => {
    const versions = await Promise.all([plan(count('1h', '5m')), plan(count('1h', '300s')), plan(count('1h', '6m'))]);
    expect(new Set(versions.map(({ featureSet }) => featureSet)).size).toBe(2);
  });

  it('asks the log for a pane more', async () => {
    const retention = 'topics: { retention: 50h }';
    expect(await refusal(count('49h', '49m'), retention)).toBe('accepted');
    expect(await refusal(count('49h', '51m'), retention)).toContain('allowed at least 51h');
  });

  it('is what millrace check says of the window and of what it keeps', async () => {
    const paned = await plan(count('30d', '5m'));
    const text = formatExplanation(explainPlan(paned, { rate: 100 }));
    expect(text).toContain('count over 30d in panes of 5m of paid');
    expect(text).toMatch(/by user +259,290,000 events +13 MB, and under each key at most 8,641 panes, 4 MB$/m);
  });

  it('keeps as much as exact windows over the same events where there are both', async () => {
    const exact = '{ name: b, from: paid, by: [user], over: 1h, take: count }';
    const [both, alone] = [
      estimateState(await plan(`${count('1d', '5m')}\n  - ${exact}`), 10),
      estimateState(await plan(exact), 10),
    ];
    expect(both.bytes).toBe(alone.records * (140 + 2 * 16));
    expect(both.records).toBe(10 * (86_400 + 300 + 600));
    expect(alone.stages).toMatchObject([{ panesPerKey: 0, paneBytesPerKey: 0 }]);
  });
});
