import { isAppError } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import type { SinkPlan } from './plan.ts';
import { objectSchema, testPlan } from './testing/index.ts';

const SCHEMAS = { 'order.json': objectSchema({ id: 'string', at: 'string', user: 'string' }) };
const HEAD = `apiVersion: millrace/v1
name: shop
events: { order: { schema: order.json, id: id, time: at } }
predict: { on: order, key: user, model: risk }
features: [{ name: one, value: "1" }]
monitor:
  sinks:
`;

async function sinks(...lines: readonly string[]): Promise<readonly SinkPlan[]> {
  return (await testPlan(HEAD + lines.map((line) => `    - ${line}\n`).join(''), SCHEMAS)).monitor.sinks;
}

async function complaint(...lines: readonly string[]): Promise<string> {
  const error: unknown = await sinks(...lines).catch((reason: unknown) => reason);
  if (!isAppError(error, 'PIPELINE_INVALID')) throw new Error('it is valid');
  return error.detail;
}

describe('monitor.sinks', () => {
  it('are what people hear of incidents by, each under the name of its kind or one of its own', async () => {
    const found = await sinks(
      'webhook: { url: "https://a.example/hook", secret: "${HOOK}" }',
      'slack: { url: "${SLACK}" }',
      '{ name: ops, slack: { url: "https://chat.example/hooks/x" } }',
      'alertmanager: { url: "http://user:${PASSWORD}@am:9093" }',
      'smtp: { url: "smtps://mail.example", from: "Millrace <m@a.example>", to: [ops@a.example, b@a.example] }',
    );
    const place = (line: number, column: number, path: string): string =>
      `pipeline.yaml:${line}:${column}: monitor.sinks${path}`;
    expect(found).toEqual([
      {
        name: 'webhook',
        kind: 'webhook',
        url: { text: 'https://a.example/hook', place: place(8, 23, '[0].webhook.url') },
        secret: { text: '${HOOK}', place: place(8, 57, '[0].webhook.secret') },
      },
      { name: 'slack', kind: 'slack', url: { text: '${SLACK}', place: place(9, 21, '[1].slack.url') } },
      {
        name: 'ops',
        kind: 'slack',
        url: { text: 'https://chat.example/hooks/x', place: place(10, 34, '[2].slack.url') },
      },
      {
        name: 'alertmanager',
        kind: 'alertmanager',
        url: { text: 'http://user:${PASSWORD}@am:9093', place: place(11, 28, '[3].alertmanager.url') },
      },
      {
        name: 'smtp',
        kind: 'smtp',
        url: { text: 'smtps://mail.example', place: place(12, 20, '[4].smtp.url') },
        from: 'Millrace <m@a.example>',
        to: ['ops@a.example', 'b@a.example'],
      },
    ]);
  });

  it.each([
    [
      'slak: { url: "https://a.example" }',
      /^pipeline.yaml:8:7: monitor.sinks\[0\].slak: found unknown key slak; allowed name, webhook, slack, alertmanager, smtp; did you mean slack\?/,
    ],
    ['name: ops', /8:7: monitor.sinks\[0\]: found no sink; allowed one of webhook, slack, alertmanager, smtp$/],
    [
      '{ slack: { url: "https://a.example" }, smtp: { url: "smtp://a", from: a@b, to: [a@b] } }',
      /found slack and smtp; allowed one of/,
    ],
    [
      'slack: { url: ops.example }',
      /8:21: monitor.sinks\[0\].slack.url: found "ops.example"; allowed a URL, http:\/\/… or https:\/\/…$/,
    ],
    ['slack: { url: "ftp://ops.example" }', /allowed a URL, http/],
    ['smtp: { url: "https://mail.example", from: a@b, to: [a@b] }', /allowed a URL, smtp:\/\/… or smtps:\/\/…$/],
    [
      'smtp: { url: "smtp://mail.example", from: nobody, to: [a@b] }',
      /smtp.from: found "nobody"; allowed an e-mail address/,
    ],
    [
      'smtp: { url: "smtp://mail.example", from: a@b, to: [] }',
      /smtp.to: found \[\]; allowed a list of e-mail addresses/,
    ],
    [
      'webhook: { url: "https://a.example" }',
      /monitor.sinks\[0\].webhook: found no secret; allowed secret: \$\{NAME\}/,
    ],
    [
      'webhook: { url: "https://a.example", secret: hush }',
      /webhook.secret: found "hush"; allowed \$\{NAME\}, a variable of the environment/,
    ],
  ])('refuses %s', async (line, message) => {
    expect(await complaint(line)).toMatch(message);
  });

  it('refuses two of one name, which would share what they have told', async () => {
    const slack = 'slack: { url: "https://a.example" }';
    expect(await complaint(slack, slack)).toMatch(
      /9:7: monitor.sinks\[1\]: found a second sink named slack; allowed each name once/,
    );
  });
});
