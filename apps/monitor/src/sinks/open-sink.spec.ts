import { SystemClock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { describe, expect, it } from 'vitest';

import { benchPlan } from '../testing/monitor-bench.ts';
import { openSink } from './open-sink.ts';
import { AlertReceiver } from './testing/alert-receiver.ts';
import { someAlert } from './testing/some-alert.ts';

const WEBHOOK = '{ webhook: { url: "${HOOK}/hook", secret: "${SECRET}" } }';

async function open(sink: string, variables: Readonly<Record<string, string>>): Promise<ReturnType<typeof openSink>> {
  const { monitor, name }: Plan = await benchPlan(`{ sinks: [${sink}] }`);
  const [plan] = monitor.sinks;
  if (!plan) throw new Error('no sink');
  return openSink(plan, name, (variable) => variables[variable], new SystemClock());
}

describe('a sink of the pipeline file', () => {
  it('is opened with what the environment has for its variables', async () => {
    const receiver = await AlertReceiver.open();
    try {
      const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
      const sink = await open(WEBHOOK, { HOOK: receiver.url.origin, SECRET: secret });
      expect(await sink.send(someAlert(), new AbortController().signal)).toEqual({ outcome: 'taken' });
      expect(receiver.posts[0]?.headers['webhook-signature']).toMatch(/^v1,/);
    } finally {
      await receiver.close();
    }
  });

  it.each([
    [
      'a variable that is not set',
      { SECRET: 'x' },
      /^pipeline.yaml:\d+:\d+: monitor.sinks\[0\].webhook.url: found \$\{HOOK\}, and the environment has no HOOK/,
    ],
    ['a variable set to nothing', { HOOK: ' ', SECRET: 'x' }, /the environment has no HOOK/],
    [
      'what makes no URL',
      { HOOK: 'hush', SECRET: 'x' },
      /webhook.url: with the environment's variables in it, \$\{HOOK\}\/hook is none; allowed a URL, http/,
    ],
    [
      'a secret without its prefix',
      { HOOK: 'http://a', SECRET: 'hush' },
      /webhook.secret: \$\{SECRET\} is no secret; allowed whsec_ and 24 to 64 bytes in base64/,
    ],
    [
      'a secret that is too short',
      { HOOK: 'http://a', SECRET: `whsec_${Buffer.alloc(23).toString('base64')}` },
      /is no secret/,
    ],
    [
      'a secret that is too long',
      { HOOK: 'http://a', SECRET: `whsec_${Buffer.alloc(65).toString('base64')}` },
      /is no secret/,
    ],
  ])('refuses %s, by its place and without its value', async (_, variables, message) => {
    const refusal = open(WEBHOOK, variables);
    await expect(refusal).rejects.toMatchObject({ code: 'CONFIG_INVALID', detail: expect.stringMatching(message) });
    await expect(refusal).rejects.not.toMatchObject({ detail: expect.stringContaining('hush') });
  });
});
