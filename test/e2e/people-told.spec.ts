import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { SystemClock } from '@millrace/core';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { openKafka, readConfig } from '@millrace/platform';
import type { Headers } from '@millrace/records';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { MillraceProcess } from './millrace-process.ts';
import { removeTopics } from './remove-topics.ts';
import { runScript } from './run-script.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Who is told of incidents: checks each signature, and answers as it is told. */
class Receiver {
  readonly heard: { readonly id: string; readonly incident: string; readonly status: number }[] = [];
  status = 200;
  readonly #server: Server;
  readonly #library = new Webhook(SECRET);

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const headers = request.headers as Record<string, string>;
        const event = this.#library.verify(Buffer.concat(chunks).toString(), headers) as { data: { id: string } };
        this.heard.push({ id: headers['webhook-id'] ?? '', incident: event.data.id, status: this.status });
        response.writeHead(this.status).end();
      });
    });
  }

  async open(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe('people', () => {
  const receiver = new Receiver();
  let pipeline: ScratchPipeline;
  let plan: Plan;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    const port = await receiver.open();
    const sink = '{ webhook: { url: "http://127.0.0.1:${HOOK_PORT}/", secret: "${HOOK_SECRET}" } }';
    pipeline = await makeScratchPipeline((text) => text.replace(/^monitor: \{/m, `monitor: { sinks: [${sink}],`));
    plan = await loadPlan(pipeline.file);
    env = { KAFKA_BROKERS: inject('brokers'), HOOK_PORT: String(port), HOOK_SECRET: SECRET };
  });

  afterAll(async () => {
    receiver.close();
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  const up = (): Promise<MillraceProcess> =>
    MillraceProcess.up([pipeline.file, '--only', 'monitor', '--http', '0'], env);
  const millrace = (...args: readonly string[]) => runScript(['apps/cli/bin/millrace.mjs', ...args], env);

  async function write(...ids: readonly string[]): Promise<void> {
    const log = await openKafka(readConfig(env).kafka, 'test', new SystemClock());
    try {
      const alerts = ids.map((id) => {
        const value = JSON.stringify({ id, event: 'opened', signal: 's', severity: 'info', window: {} });
        const headers: Headers = [['ce_id', Buffer.from(`${id}/1`)]];
        return { topic: plan.names.alerts, partition: 0, key: id, value, headers };
      });
      await log.publisher().publish(alerts);
    } finally {
      await log.close();
    }
  }

  it('hear of each incident in spite of kill -9 while nobody listened, in order, and of none again that they took', async () => {
    let monitor = await up();
    await write('a');
    await expect.poll(() => receiver.heard.length, { timeout: 30_000 }).toBe(1);
    receiver.status = 503;
    await write('b', 'c');
    await expect.poll(() => receiver.heard.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
    await monitor.kill();
    const before = receiver.heard.length;
    receiver.status = 200;
    monitor = await up();
    await using _ = monitor;
    await expect.poll(() => receiver.heard.at(-1)?.incident, { timeout: 60_000 }).toBe('c');
    expect(receiver.heard.filter(({ status }) => status === 200).map(({ incident }) => incident)).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(receiver.heard.slice(1, before).every(({ incident }) => incident === 'b')).toBe(true);
    expect(new Set(receiver.heard.map(({ id }) => id)).size).toBe(3);
  });

  it('say that a signal is to be silent, and see it', async () => {
    await using monitor = await up();
    const said = await millrace('monitor', 'silence', pipeline.file, 'wind_speed', '--for', '2h', '--by', 'ada');
    expect(said.status, said.output).toBe(0);
    const silences = async (): Promise<unknown> =>
      ((await (await fetch(`${monitor.urls['monitor']}/v1/monitor`)).json()) as { silences: unknown }).silences;
    await expect.poll(silences, { timeout: 30_000 }).toEqual([{ signal: 'wind_speed', by: 'ada', until: null }]);
    const status = await millrace('monitor', 'status', pipeline.file);
    expect(status.output).toContain('silenced: wind_speed from the first window on, by ada');
  });
});
