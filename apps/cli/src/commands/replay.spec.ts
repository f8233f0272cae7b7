import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runProgram } from '../program.ts';
import { recordedContext } from '../testing/recorded-context.ts';

const PIPELINE = `
apiVersion: millrace/v1
name: rides
events: { asked: { schema: asked.json, id: id, time: at } }
predict: { on: asked, key: id, model: fare }
features: [{ name: one, value: "1.0" }]
`;

let folder: string;
let server: Server;
const bodies: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
  await writeFile(join(folder, 'pipeline.yaml'), PIPELINE);
  await writeFile(
    join(folder, 'asked.json'),
    JSON.stringify({
      type: 'object',
      properties: { id: { type: 'string' }, at: { type: 'string' } },
      required: ['id', 'at'],
    }),
  );
  const lines = [1, 2, 3, 4].map((day) =>
    JSON.stringify({ type: 'asked', id: `d${day}`, at: `2026-01-0${day}T00:00:00Z` }),
  );
  await writeFile(join(folder, 'events.jsonl'), lines.join('\n'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(202).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

async function millrace(...args: readonly string[]) {
  const context = recordedContext({ KAFKA_BROKERS: '' });
  const code = await runProgram(['replay', ...args], context);
  return { code, out: context.out(), err: context.err() };
}

describe('millrace replay', () => {
  it('sends days of events at once with --speed max', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const files = [join(folder, 'pipeline.yaml'), join(folder, 'events.jsonl')];
    const { code, out } = await millrace(...files, '--via', 'http', '--url', url, '--speed', 'max', '--json');
    expect([code, JSON.parse(out).events]).toEqual([0, 4]);
    bodies.length = 0;
  });

  it('ends with 1 when it is stopped before the end of the file, and says what it has sent', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const files = [join(folder, 'pipeline.yaml'), join(folder, 'events.jsonl')];
    const stop = new AbortController();
    const context = { ...recordedContext({ KAFKA_BROKERS: '' }), signal: stop.signal };
    const running = runProgram(['replay', ...files, '--via', 'http', '--url', url, '--speed', '1x', '--json'], context);
    await expect.poll(() => bodies.length, { timeout: 10_000 }).toBe(1);
    stop.abort();
    expect([await running, JSON.parse(context.out()).events]).toEqual([1, 1]);
    expect(context.err()).toContain('INTERRUPTED');
    bodies.length = 0;
  });

  it('sends what lies between --from and --to through the HTTP door', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const files = [join(folder, 'pipeline.yaml'), join(folder, 'events.jsonl')];
    const { code, out } = await millrace(
      ...files,
      '--via',
      'http',
      '--url',
      url,
      '--from',
      '2026-01-02T00:00:00Z',
      '--to',
      '2026-01-04T00:00:00Z',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      events: 2,
      requests: 2,
      late: 0,
      at: Date.parse('2026-01-03T00:00:00Z'),
      refused: 0,
    });
    expect(bodies.join('\n')).toMatch(/"d2".*\n.*"d3"/);
    expect(bodies.join('\n')).not.toMatch(/d1|d4|watermark/);
  });

  it.each([
    [[], 'missing argument EVENTS'],
    [['a.jsonl', 'b.jsonl'], 'found b.jsonl behind the file of events'],
    [['a.jsonl', '--speed', 'fast'], 'Allowed are max, or a multiple'],
    [['a.jsonl', '--rate', '0'], 'Allowed is a number above 0'],
    [['a.jsonl', '--to', 'tomorrow'], 'Allowed is a time'],
    [['a.jsonl', '--via', 'mail'], 'Allowed choices are kafka, http'],
  ])('%j is wrong use', async (args, message) => {
    const { code, err } = await millrace(...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});
