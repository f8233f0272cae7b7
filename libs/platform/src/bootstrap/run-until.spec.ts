import { fileURLToPath } from 'node:url';

import { AppError, SystemClock } from '@millrace/core';
import { loadPlan } from '@millrace/pipeline';
import { beforeEach, describe, expect, it } from 'vitest';

import { ApiKeys } from '../keys/api-keys.ts';
import { ForwardingStage } from '../testing/forwarding-stage.ts';
import { forwardingModule, TestServices } from '../testing/test-services.ts';
import { createService } from './create-service.ts';
import { runUntil } from './run-until.ts';
import { RunningServices } from './running-services.ts';
import type { ServiceOptions } from './service-options.ts';
import type { Service } from './service.ts';

describe('runUntil', () => {
  let services: TestServices;
  let made: Service[];
  let closed: string[];

  beforeEach(async () => {
    const plan = await loadPlan(fileURLToPath(new URL('../../../../examples/flights/pipeline.yaml', import.meta.url)));
    services = new TestServices(plan);
    made = [];
    closed = [];
    await services.createTopics();
  });

  async function create(name: 'ingest' | 'scorer', role: string, options: ServiceOptions): Promise<Service> {
    const { names } = services.plan;
    const stage =
      name === 'scorer'
        ? new ForwardingStage(name, names.features, names.scored)
        : new ForwardingStage(name, names.events, names.dlq);
    const service = await createService(name, options, () => ({
      stage,
      module: forwardingModule(role, stage),
      ...(name === 'scorer' && { grpc: { services: [], keys: new ApiKeys([], new SystemClock()) } }),
      close: async () => void closed.push(name),
    }));
    made.push(service);
    return service;
  }

  const start = (): Promise<RunningServices> =>
    RunningServices.start(
      {
        ingest: (options) => create('ingest', 'events', options),
        scorer: (options) => create('scorer', 'features', options),
      },
      () => services.options({ grpcPort: 0 }),
    );

  it('says where every service is, then that all are there, and stops them at the signal', async () => {
    const stop = new AbortController();
    const running = await start();
    const lines: string[] = [];
    const ended = runUntil(stop.signal, running, (line) => lines.push(line));
    expect(lines).toEqual([
      `ingest ${running.urls.ingest}`,
      `scorer ${running.urls.scorer}`,
      `scorer ${running.grpcUrls.scorer}`,
      'ready',
    ]);
    expect(running.grpcUrls.scorer).toMatch(/^grpc:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${running.urls.scorer}/health/live`)).status).toBe(200);
    stop.abort();
    await ended;
    await expect(fetch(`${running.urls.scorer}/health/live`)).rejects.toThrow();
  });

  it('stops all of them when one fails, and says of what', async () => {
    const running = await start();
    const ended = runUntil(new AbortController().signal, running, () => undefined);
    made[1]?.fail(new AppError('STATE_GAP', 'it is gone'));
    await expect(ended).rejects.toMatchObject({ code: 'STATE_GAP' });
    await expect(fetch(`${running.urls.ingest}/health/live`)).rejects.toThrow();
  });

  it('calls a failure that nobody foresaw by the name of its service', async () => {
    const running = await start();
    const ended = runUntil(new AbortController().signal, running, () => undefined);
    made[0]?.fail(new TypeError('x is undefined'));
    await expect(ended).rejects.toMatchObject({
      code: 'SERVICE_FAILED',
      detail: expect.stringContaining('ingest: x is undefined'),
    });
  });

  it('closes what was made where a later service cannot be made', async () => {
    const refused = RunningServices.start(
      {
        ingest: (options) => create('ingest', 'events', options),
        scorer: () => Promise.reject(new AppError('MODEL_NOT_FOUND', 'there is no such model')),
      },
      () => services.options(),
    );
    await expect(refused).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    expect(closed).toEqual(['ingest']);
  });
});
