import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';

import { selfSigned } from '@millrace/platform/testing';
import { afterEach, describe, expect, it } from 'vitest';

import { runScript, type ScriptRun } from './run-script.ts';

describe('the healthcheck of the image', () => {
  const servers: Server[] = [];

  const listen = async (port: number, answer: RequestListener, tls?: TlsOptions): Promise<number> => {
    const server = (tls ? createTlsServer(tls, answer) : createServer(answer)).listen(port, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const check = (firstPort: number, environment: Record<string, string> = {}): Promise<ScriptRun> =>
    runScript(['deploy/docker/healthcheck.mjs'], { MILLRACE_HTTP: String(firstPort), ...environment });
  const ready: RequestListener = ({ url }, response) =>
    void response.writeHead(url === '/health/ready' ? 200 : 404).end();

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  });

  it('is well where the one service of the container is ready, whichever it is', async () => {
    const port = await listen(0, ready);
    expect(await check(port)).toEqual({ status: 0, output: 'ingest: ready\n' });
    expect(await check(port - 3)).toEqual({ status: 0, output: 'monitor: ready\n' });
  });

  it('asks over TLS where the doors have a certificate, whatever name that is made out to', async () => {
    const port = await listen(0, ready, selfSigned('another'));
    expect(await check(port, { MILLRACE_TLS_CERT: 'cert.pem' })).toEqual({ status: 0, output: 'ingest: ready\n' });
    expect((await check(port)).status).toBe(1);
  });

  it('fails where one of several services is not ready, and says why', async () => {
    const port = await listen(0, ready);
    await listen(port + 2, (_, response) => void response.writeHead(503).end('group: not joined'));
    const { status, output } = await check(port);
    expect(status).toBe(1);
    expect(output).toBe('ingest: ready\nscorer: group: not joined\n');
  });

  it('fails where no service listens', async () => {
    const port = await listen(0, ready);
    const { status, output } = await check(port + 1);
    expect(status).toBe(1);
    expect(output).toBe(`no service answers on ports ${port + 1} to ${port + 4}\n`);
  });

  it('fails within its time where a service does not answer', async () => {
    const port = await listen(0, () => {});
    const { status, output } = await check(port);
    expect(status).toBe(1);
    expect(output).toContain('ingest: no answer in 4000 ms');
  });
});
