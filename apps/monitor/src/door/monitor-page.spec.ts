import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { topicSpecs } from '@millrace/pipeline';
import { ApiKeys, createService, openLogs, parseApiKeys, readConfig, type Service } from '@millrace/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { MonitorModule } from '../monitor.module.ts';
import { benchProfile } from '../testing/bench-traffic.ts';
import { MonitorBench, benchPlan } from '../testing/monitor-bench.ts';
import { MonitorDoor } from './monitor-door.ts';
import type { PageFile } from './page-files.ts';
import { ViewFollower } from './view-follower.ts';

const file = (type: string, text: string): PageFile => ({ type, body: Buffer.from(text), tag: `"${text.length}"` });
const PAGE = new Map([
  ['index.html', file('text/html; charset=utf-8', '<title>page</title>')],
  ['main.js', file('text/javascript; charset=utf-8', 'start()')],
]);

describe('GET /monitor', () => {
  let service: Service;
  let close: () => Promise<unknown>;
  let url: string;

  beforeEach(async () => {
    const plan = await benchPlan('{}');
    const clock = new SystemClock();
    const log = new MemoryLog({ clock });
    await log.admin().create(topicSpecs(plan));
    const { stage } = await MonitorBench.start({
      plan,
      outputs: ['p'],
      profiles: new Map([['1', benchProfile(plan)]]),
    });
    const follower = new ViewFollower({ plan, log, clock, onFailed: () => undefined });
    const door = new MonitorDoor({ plan, log, clock, models: stage.models, follower });
    const module = MonitorModule.of({
      stage,
      door,
      keys: new ApiKeys(parseApiKeys(['right', 'sends=limited;events=ask']), clock),
      page: PAGE,
    });
    const options = { plan, log, clock, config: readConfig({}), logs: openLogs('silent'), host: '127.0.0.1', port: 0 };
    service = await createService('monitor', options, () => ({ stage, module }));
    close = () => Promise.all([follower.close(), log.close()]);
    url = await service.open();
  });

  afterEach(async () => {
    await service.stop();
    await close();
  });

  it('needs no key, because it holds no data, and what it shows does', async () => {
    const page = await fetch(`${url}/monitor`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toBe('<title>page</title>');
    const script = await fetch(`${url}/monitor/main.js`);
    expect([script.headers.get('content-type'), await script.text()]).toEqual([
      'text/javascript; charset=utf-8',
      'start()',
    ]);
    expect((await fetch(`${url}/v1/monitor`)).status).toBe(401);
    expect((await fetch(`${url}/v1/monitor/series`)).status).toBe(401);
    const limited = { authorization: 'Bearer limited' };
    expect((await fetch(`${url}/v1/monitor`, { headers: limited })).status).toBe(403);
  });

  it('may load from its own door alone, and lie in no frame', async () => {
    for (const path of ['/monitor', '/monitor/main.js']) {
      const { headers } = await fetch(`${url}${path}`);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('is not sent again as long as it is the same', async () => {
    const tag = (await fetch(`${url}/monitor/main.js`)).headers.get('etag') ?? '';
    const again = await fetch(`${url}/monitor/main.js`, { headers: { 'if-none-match': tag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const other = await fetch(`${url}/monitor/main.js`, { headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
  });

  it('leads from a slash at the end to where its links begin', async () => {
    const { status, headers } = await fetch(`${url}/monitor/`, { redirect: 'manual' });
    expect([status, headers.get('location')]).toEqual([308, '../monitor']);
  });

  it.each(['nothing.js', '..%2Fpackage.json', 'constructor'])('has no file %s', async (name) => {
    const answer = await fetch(`${url}/monitor/${name}`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });
});
