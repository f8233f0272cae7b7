import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { AllowedMethods } from './allowed-methods.ts';
import { BodyBudget } from './body-budget.ts';
import { fastifyDoor, type DoorLimits } from './fastify-door.ts';
import { BODY_BYTES } from './read-body.ts';

/** Beside the largest body there is so much room. */
const ROOM = 50_000;

/** Resolves with what a door says to a connection until it closes it. */
async function saidTo(socket: Socket): Promise<string> {
  let said = '';
  socket.on('data', (chunk) => (said += String(chunk)));
  // `once` would reject where the connection is reset behind what was said
  await new Promise((resolve) => socket.once('close', resolve));
  return said;
}

/** 16 MB may take their time on a machine that others use. */
const PATIENT = { timeout: 20_000 };

describe('a door with slow clients', () => {
  const TIMEOUT = 'HTTP/1.1 408 Request Timeout';
  let fastify: FastifyInstance;
  let port: number;
  const sockets: Socket[] = [];
  const connected = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };

  async function open(limits: Partial<DoorLimits>): Promise<void> {
    const all = { headersMs: 300, requestMs: 600_000, connections: 3, ...limits };
    fastify = fastifyDoor(new BodyBudget(BODY_BYTES), new AllowedMethods(), { limits: all }).getInstance();
    fastify.post('/size', async ({ body }) => String((body as Buffer).length));
    port = Number(new URL(await fastify.listen({ host: '127.0.0.1', port: 0 })).port);
  }
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await fastify.close();
  });

  /** The first line of the answer to a request that goes on byte by byte. */
  async function answerTo(socket: Socket, request: string): Promise<string | undefined> {
    socket.write(request);
    const slowly = setInterval(() => socket.writable && socket.write('a'), 20);
    const said = await saidTo(socket);
    clearInterval(slowly);
    return said.split('\r\n')[0];
  }

  it('waits for none that says nothing, nor for headers that come byte by byte', async () => {
    await open({});
    const [silent, drops] = [await connected(), await connected()];
    const found = [saidTo(silent), answerTo(drops, 'POST /size HTTP/1.1\r\nhost: x\r\nx-long: ')];
    expect(await Promise.all(found)).toEqual([expect.stringContaining(TIMEOUT), TIMEOUT]);
  });

  it('waits for no body that comes byte by byte', async () => {
    await open({ requestMs: 500 });
    const trickles = await connected();
    const headers = 'POST /size HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n';
    expect(await answerTo(trickles, headers)).toBe(TIMEOUT);
  });

  it('has no more connections than it may', async () => {
    await open({});
    await connected();
    await connected();
    await connected();
    expect(await saidTo(await connected())).toBe('');
  });
});

describe('fastifyDoor', () => {
  let fastify: FastifyInstance;
  let url: string;
  /** What is sent to `/hold` is answered when this is called. */
  let finish: () => void;
  let came: number;

  beforeEach(async () => {
    came = 0;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    fastify = fastifyDoor(new BodyBudget(BODY_BYTES + ROOM), new AllowedMethods()).getInstance();
    fastify.post('/size', async ({ body }) => String((body as Buffer).length));
    fastify.post('/hold', async () => {
      came++;
      await held;
      return '';
    });
    url = await fastify.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(() => fastify.close());

  const post = async (path: string, body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}${path}`, { method: 'POST', body, headers });
    return [response.status, await response.text()];
  };
  const size = (bytes: number) => post('/size', new Uint8Array(bytes));
  const refused = [429, expect.stringContaining('may be held')];

  it('hands over the bytes that were sent', async () => {
    expect(await size(1)).toEqual([200, '1']);
    expect(await size(BODY_BYTES)).toEqual([200, String(BODY_BYTES)]);
  });

  it('refuses headers that are too large', async () => {
    const response = await fetch(`${url}/size`, { method: 'POST', headers: { 'x-long': 'x'.repeat(17 << 10) } });
    expect(response.status).toBe(431);
  });

  it('tells browsers to keep nothing, to guess nothing, and to let no other page read or show it', async () => {
    const { headers } = await fetch(`${url}/size`, { method: 'POST', body: 'a', headers: { origin: 'http://other' } });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    const preflight = { origin: 'http://other', 'access-control-request-method': 'POST' };
    const asked = await fetch(`${url}/size`, { method: 'OPTIONS', headers: preflight });
    expect(asked.status).toBe(404);
    const names = [...headers.keys(), ...asked.headers.keys()];
    expect(names.filter((name) => /^access-control|^x-powered-by$|^server$/.test(name))).toEqual([]);
  });

  it('takes nothing that a page of another origin sends, and holds nothing of it', async () => {
    const answer = await post('/hold', new Uint8Array(BODY_BYTES), { origin: 'http://other' });
    expect(answer).toEqual([403, expect.stringContaining('found POST from a page of http://other')]);
    expect(came).toBe(0);
    expect(await size(BODY_BYTES)).toEqual([200, String(BODY_BYTES)]);
  });

  it('refuses a body that is too large, whether it says so or not, and stays connected', async () => {
    const tooLarge = [413, expect.stringContaining(`${BODY_BYTES} bytes are allowed`)];
    expect(await size(BODY_BYTES + 1)).toEqual(tooLarge);
    const chunks = ReadableStream.from([new Uint8Array(BODY_BYTES), new Uint8Array(1)]);
    const response = await fetch(`${url}/size`, { method: 'POST', body: chunks, duplex: 'half' } as RequestInit);
    expect([response.status, await response.text()]).toEqual(tooLarge);
  });

  it('holds no more bytes than it may of all requests that are not answered, and gives them back', async () => {
    const held = post('/hold', new Uint8Array(BODY_BYTES));
    await expect.poll(() => came).toBe(1);
    expect(await size(ROOM)).toEqual([200, String(ROOM)]);
    expect(await size(ROOM + 1)).toEqual(refused);
    finish();
    await held;
    await expect.poll(() => size(ROOM + 1)).toEqual([200, String(ROOM + 1)]);
  });

  it('holds what may become of a body without its coding', async () => {
    const held = post('/hold', new Uint8Array(gzipSync(new Uint8Array(BODY_BYTES))), { 'content-encoding': 'gzip' });
    await expect.poll(() => came).toBe(1);
    expect(await size(ROOM)).toEqual(refused);
    finish();
    await held;
  });

  it('gives back what a client had sent that goes away in the middle', async () => {
    const socket: Socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(`POST /size HTTP/1.1\r\nhost: x\r\ncontent-length: ${BODY_BYTES}\r\n\r\n`);
    socket.write(new Uint8Array(BODY_BYTES - 1));
    await expect.poll(() => size(ROOM + 2), PATIENT).toEqual(refused);
    socket.destroy();
    await once(socket, 'close');
    await expect.poll(() => size(ROOM + 2), PATIENT).toEqual([200, String(ROOM + 2)]);
  });
});
