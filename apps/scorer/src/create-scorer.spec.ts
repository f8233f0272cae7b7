import { fileURLToPath } from 'node:url';

import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { loadPlan, topicSpecs } from '@millrace/pipeline';
import { openLogs, readConfig, type Service } from '@millrace/platform';
import { describe, expect, it } from 'vitest';

import { createScorer } from './create-scorer.ts';

async function create(host: string, environment: Readonly<Record<string, string>>): Promise<Service> {
  const clock = new SystemClock();
  const plan = await loadPlan(fileURLToPath(new URL('../../../examples/flights/pipeline.yaml', import.meta.url)));
  const log = new MemoryLog({ clock });
  await log.admin().create(topicSpecs(plan));
  return createScorer({ plan, log, clock, config: readConfig(environment), logs: openLogs('silent'), host, port: 0 });
}

describe('createScorer', () => {
  it('is not made for other machines without keys', async () => {
    await expect(create('0.0.0.0', {})).rejects.toMatchObject({ code: 'EXPOSED_WITHOUT_KEYS' });
  });

  it('asks for the keys that are configured', async () => {
    const scorer = await create('127.0.0.1', { MILLRACE_API_KEYS: 'one,two' });
    const url = await scorer.open();
    const ask = async (authorization: string): Promise<number> =>
      (await fetch(`${url}/v2/models/arrival-delay`, { headers: { authorization } })).status;
    expect([await ask('Bearer three'), await ask('Bearer two')]).toEqual([401, 200]);
    await scorer.stop();
  });
});
