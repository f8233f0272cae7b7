import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';

import { AppError } from '@millrace/core';
import { loadPlan, type Plan } from '@millrace/pipeline';
import type { Stage, StageOutput } from '@millrace/stream';
import { Controller, Module, type DynamicModule } from '@nestjs/common';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { readConfig } from '../config/read-config.ts';
import { ForwardingStage } from '../testing/forwarding-stage.ts';
import { forwardingModule, TestServices } from '../testing/test-services.ts';
import { Consumes } from '../transport/consumes.ts';
import { createService } from './create-service.ts';

const NOTHING: StageOutput = { records: [], deadLetters: [] };

/** As a client asks that knows the door under that name. */
async function statusUnder(url: string, host: string): Promise<number | undefined> {
  const [response] = (await once(get(url, { headers: { host } }), 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describe('createService', () => {
  let plan: Plan;
  let services: TestServices;
  let stage: Stage;

  beforeAll(async () => {
    plan = await loadPlan(fileURLToPath(new URL('../../../../examples/flights/pipeline.yaml', import.meta.url)));
  });

  beforeEach(async () => {
    services = new TestServices(plan);
    stage = new ForwardingStage('scorer', plan.names.features, plan.names.scored);
    await services.createTopics();
  });

  afterEach(() => services.stop());

  const publish = (values: readonly string[]) =>
    services.publish(values.map((value) => ({ topic: plan.names.features, partition: 0, key: 'k', value })));
  const outputs = async () => (await services.read(plan.names.scored)).map(({ value }) => String(value));

  it('hands the records of a topic to its handler and commits what it returns', async () => {
    const service = await services.create('scorer', 'features', stage);
    await services.start(service);
    await publish(['a', 'b']);
    await expect.poll(outputs).toEqual(['a', 'b']);
  });

  it('takes no part before what it waits for is there, and ends where it is stopped meanwhile', async () => {
    const ready = Promise.withResolvers<void>();
    let begun = 0;
    stage = Object.assign(stage, { started: () => begun++ });
    const prepared = (prepare: (signal: AbortSignal) => Promise<void>) =>
      createService('scorer', services.options(), () => ({
        stage,
        module: forwardingModule('features', stage),
        prepare,
      }));
    const service = await prepared(() => ready.promise);
    await services.start(service);
    await publish(['a']);
    expect(begun).toBe(0);
    ready.resolve();
    await expect.poll(outputs).toEqual(['a']);
    await service.stop();
    const waiting = await prepared(
      (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    );
    await services.start(waiting);
    await waiting.stop();
    await publish(['b']);
    expect(await outputs()).toEqual(['a']);
  });

  it('lets the error of a handler reach the dead letter with its code', async () => {
    const service = await services.create('scorer', 'features', stage);
    await services.start(service);
    await publish(['a', 'poison', 'b']);
    await expect.poll(outputs).toEqual(['a', 'b']);
    const [letter] = await services.read(plan.names.dlq);
    expect(letter?.headers.map(([name, value]) => `${name}=${String(value)}`)).toEqual(
      expect.arrayContaining([
        'millrace-code=NOT_JSON',
        'millrace-reason=The value is not a JSON object: found poison',
      ]),
    );
  });

  it('refuses a topic without a handler', async () => {
    await expect(services.create('scorer', 'scored', stage)).rejects.toMatchObject({
      code: 'HANDLERS_INVALID',
      detail: expect.stringContaining('features has no handler'),
    });
  });

  it('refuses a topic with two handlers', async () => {
    @Controller()
    class TwoHandlers {
      @Consumes('features')
      first(): StageOutput {
        return NOTHING;
      }

      @Consumes('features')
      second(): StageOutput {
        return NOTHING;
      }
    }
    @Module({ controllers: [TwoHandlers] })
    class TwoHandlersModule {}
    const module: DynamicModule = { module: TwoHandlersModule };
    await expect(createService('scorer', services.options(), () => ({ stage, module }))).rejects.toMatchObject({
      code: 'HANDLERS_INVALID',
      detail: expect.stringContaining('features has more than one handler'),
    });
  });

  it('closes what it had opened when it refuses to start', async () => {
    let closed = false;
    const close = async () => void (closed = true);
    const refused = createService('scorer', services.options(), () => ({
      stage,
      module: forwardingModule('events', stage),
      close,
    }));
    await expect(refused).rejects.toThrow();
    expect(closed).toBe(true);
  });

  it('consumes nothing before it is started', async () => {
    await services.create('scorer', 'features', stage);
    await publish(['a']);
    const group = await services.log
      .admin()
      .committed(`flights.scorer.${plan.featureSet}`, [{ topic: plan.names.features, partition: 0 }]);
    expect([...group.values()]).toEqual([null]);
  });

  it('may be silent in its group for as long as MILLRACE_SESSION_TIMEOUT says', async () => {
    const member = vi.spyOn(services.log, 'member');
    const config = readConfig({ MILLRACE_SESSION_TIMEOUT: '45000' });
    await services.start(await services.create('scorer', 'features', stage, { config }));
    await expect.poll(() => member.mock.calls.map(([{ sessionTimeoutMs }]) => sessionTimeoutMs)).toEqual([45_000]);
  });

  it('answers probes: ready once it is in its group, and no longer when its stage fails for good', async () => {
    const service = await services.create('scorer', 'features', { ...failing(), name: 'scorer', inputs: stage.inputs });
    const url = await services.start(service);
    await expect.poll(async () => (await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(await (await fetch(`${url}/health/live`)).json()).toMatchObject({ status: 'ok', service: 'scorer' });
    await publish(['a']);
    await expect(service.failed).rejects.toMatchObject({ code: 'STATE_GAP' });
    const live = await fetch(`${url}/health/live`);
    expect(live.status).toBe(503);
    expect(await live.json()).toMatchObject({
      checks: [{ name: 'running', ok: false, detail: expect.stringContaining('gone') }],
    });
  });

  it('answers to a name of this machine alone where it asks for no key, so that no page gets in by a name that leads here', async () => {
    const statuses = async (environment: Record<string, string>): Promise<readonly (number | undefined)[]> => {
      const config = readConfig(environment);
      const url = await services.start(await services.create('scorer', 'features', stage, { config }));
      return Promise.all(['localhost', 'evil.example'].map((host) => statusUnder(`${url}/health/live`, host)));
    };
    expect(await statuses({})).toEqual([200, 403]);
    expect(await statuses({ MILLRACE_API_KEYS: 'a-key' })).toEqual([200, 200]);
  });

  it('is not ready at once when more records become dead letters than dlq.max_per_minute, and loses none', async () => {
    services = new TestServices({ ...plan, dlq: { maxPerMinute: 2 } });
    await services.createTopics();
    const service = await services.create('scorer', 'features', stage);
    const url = await services.start(service);
    await publish(['poison', 'poison']);
    await expect.poll(async () => (await services.read(plan.names.dlq)).length).toBe(2);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    await publish(['a', 'poison']);
    await expect(service.failed).rejects.toMatchObject({
      code: 'DEAD_LETTERS_EXCEEDED',
      detail: expect.stringContaining('3 in a minute, allowed are 2'),
    });
    const ready = await fetch(`${url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain('More records became dead letters than dlq.max_per_minute');
    await service.stop();
    await publish(['b', 'poison']);
    await services.start(await services.create('scorer', 'features', stage));
    await expect.poll(outputs).toEqual(['a', 'b']);
    expect(await services.read(plan.names.dlq)).toHaveLength(4);
  });

  it('serves metrics, its API, and problem documents for what is not there', async () => {
    const service = await services.create('scorer', 'features', stage);
    const url = await services.start(service);
    await publish(['a']);
    await expect.poll(outputs).toEqual(['a']);
    const metrics = await fetch(`${url}/metrics`);
    expect(metrics.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await metrics.text()).toContain('millrace_stage_records_total{stage="scorer"} 1');
    expect(Object.keys(((await (await fetch(`${url}/openapi.json`)).json()) as { paths: object }).paths)).toEqual([
      '/health/live',
      '/health/ready',
      '/metrics',
      '/log-level',
    ]);
    const missing = await fetch(`${url}/nowhere`);
    expect(missing.status).toBe(404);
    expect(missing.headers.get('content-type')).toContain('application/problem+json');
    expect(await missing.json()).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'Cannot GET /nowhere',
    });
  });

  it('names the port that is taken', async () => {
    const first = await services.create('scorer', 'features', stage);
    const url = await services.start(first);
    const port = Number(new URL(url).port);
    const second = await services.create('scorer', 'features', stage, { port });
    await expect(second.open()).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      detail: expect.stringContaining(`127.0.0.1:${port}`),
    });
  });

  it('finishes the transaction under way when it is stopped, and leaves its group', async () => {
    const gate = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const slow = new ForwardingStage('scorer', plan.names.features, plan.names.scored);
    const waiting: Stage = {
      ...failing(),
      name: 'scorer',
      inputs: slow.inputs,
      open: (task) => slow.open(task),
      process: async (records) => {
        entered.resolve();
        await gate.promise;
        return slow.process(records);
      },
    };
    const service = await services.create('scorer', 'features', waiting);
    const url = await services.start(service);
    await publish(['a']);
    await entered.promise;
    const stopped = service.stop();
    const ready = (await (await fetch(`${url}/health/ready`)).json()) as { checks: { name: string; ok: boolean }[] };
    expect(ready.checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['open']);
    gate.resolve();
    await stopped;
    expect(await outputs()).toEqual(['a']);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    const after = await services.create('scorer', 'features', slow);
    await services.start(after);
    await expect.poll(() => after.status().assigned).toBe(plan.topics.partitions);
    expect(await outputs()).toEqual(['a']);
  });

  function failing(): Omit<Stage, 'name' | 'inputs'> {
    const good = new ForwardingStage('scorer', plan.names.features, plan.names.scored);
    const gone = (): never => {
      throw new AppError('STATE_GAP', 'it is gone');
    };
    return { open: (task) => good.open(task), close: () => undefined, process: gone, poison: gone };
  }
});
