import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { SystemClock } from '@millrace/core';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createService } from '../bootstrap/create-service.ts';
import type { Service } from '../bootstrap/service.ts';
import { readConfig } from '../config/read-config.ts';
import { ApiKeys } from '../keys/api-keys.ts';
import { ForwardingStage } from '../testing/forwarding-stage.ts';
import { GrpcClient, HEALTH_PROTO } from '../testing/grpc-client.ts';
import { selfSigned } from '../testing/self-signed.ts';
import { forwardingModule, TestServices } from '../testing/test-services.ts';
import { DoorCertificate } from './door-certificate.ts';

const FIRST = selfSigned('first');
const SECOND = selfSigned('second');

describe('doors with a certificate', () => {
  let plan: Plan;
  let folder: string;
  let service: Service;
  const said: string[] = [];

  beforeAll(async () => {
    plan = await loadPlan(fileURLToPath(new URL('../../../../examples/flights/pipeline.yaml', import.meta.url)));
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-tls-'));
  });
  afterEach(async () => {
    await service.stop();
    await rm(folder, { recursive: true });
  });

  const file = (name: string): string => join(folder, name);
  const put = async (name: string, content: string): Promise<void> => {
    await writeFile(file(`${name}.new`), content);
    await rename(file(`${name}.new`), file(name));
  };

  async function opened(cert = 'cert.pem', key = 'key.pem'): Promise<string> {
    const config = readConfig({ MILLRACE_TLS_CERT: file(cert), MILLRACE_TLS_KEY: file(key) });
    const services = new TestServices(plan);
    await services.createTopics();
    const stage = new ForwardingStage('scorer', plan.names.features, plan.names.scored);
    service = await createService('scorer', services.options({ config, grpcPort: 0 }), ({ logger }) => {
      logger.log = (what: unknown) => void said.push(String(what));
      return {
        stage,
        module: forwardingModule('features', stage),
        grpc: { services: [], keys: new ApiKeys([], new SystemClock()) },
      };
    });
    return service.open();
  }

  /** Asks over TLS, as one who trusts this certificate alone. */
  const asks = (url: string, ca: string): Promise<number> =>
    new Promise((resolve, reject) => {
      request(`${url}/health/live`, { ca, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  const asksByGrpc = async (trusted: string): Promise<unknown> => {
    using client = new GrpcClient(service.grpcUrl, HEALTH_PROTO, 'grpc.health.v1.Health', trusted);
    return await client.call('Check', {}, { deadlineMs: 5000 });
  };

  it('speak TLS, by HTTP and gRPC, and say so in their addresses', async () => {
    await put('cert.pem', FIRST.cert);
    await put('key.pem', FIRST.key);
    const url = await opened();
    expect([url.split(':')[0], service.grpcUrl?.split(':')[0]]).toEqual(['https', 'grpcs']);
    expect(await asks(url, FIRST.cert)).toBe(200);
    expect(await asksByGrpc(FIRST.cert)).toEqual({ status: 'SERVING' });
    await expect(asks(url, SECOND.cert)).rejects.toThrow(/certificate/);
    await expect(asksByGrpc(SECOND.cert)).rejects.toThrow();
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
  });

  it('show a certificate that is renewed, file by file, and keep the one before until its key is there', async () => {
    await put('cert.pem', FIRST.cert);
    await put('key.pem', FIRST.key);
    const url = await opened();
    await put('cert.pem', SECOND.cert);
    await expect.poll(() => said.at(-1)).toContain('the certificate stays as it was');
    expect(await asks(url, FIRST.cert)).toBe(200);
    await put('key.pem', SECOND.key);
    await expect.poll(() => asks(url, SECOND.cert).catch(() => 0)).toBe(200);
    expect(await asksByGrpc(SECOND.cert)).toEqual({ status: 'SERVING' });
  });

  it('show a certificate that is renewed by a link, as a mounted secret is', async () => {
    for (const [name, { cert, key }] of Object.entries({ one: FIRST, two: SECOND })) {
      await mkdir(file(name));
      await put(`${name}/tls.crt`, cert);
      await put(`${name}/tls.key`, key);
    }
    await symlink('one', file('..data'));
    await symlink('..data/tls.crt', file('tls.crt'));
    await symlink('..data/tls.key', file('tls.key'));
    const url = await opened('tls.crt', 'tls.key');
    await symlink('two', file('..new'));
    await rename(file('..new'), file('..data'));
    await expect.poll(() => asks(url, SECOND.cert).catch(() => 0)).toBe(200);
  });
});

describe('a certificate that cannot be used', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-tls-'));
    await writeFile(join(folder, 'cert.pem'), FIRST.cert);
    await writeFile(join(folder, 'other.pem'), SECOND.key);
    await writeFile(join(folder, 'text.pem'), 'no certificate');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    ['that is not there', 'none.pem', 'other.pem', /MILLRACE_TLS_CERT: .*none\.pem cannot be read/],
    ['that is none', 'text.pem', 'other.pem', /text\.pem.* are not a certificate and its key/],
    ['whose key is another’s', 'cert.pem', 'other.pem', /other\.pem.* are not a certificate and its key.*mismatch/],
  ])('is refused: one %s', async (_, cert, key, detail) => {
    const files = { MILLRACE_TLS_CERT: join(folder, cert), MILLRACE_TLS_KEY: join(folder, key) };
    await expect(DoorCertificate.open(readConfig(files).tls ?? { cert, key }, () => undefined)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      detail: expect.stringMatching(detail),
    });
  });

  it('is refused: half of one', () => {
    expect(() => readConfig({ MILLRACE_TLS_CERT: 'cert.pem' })).toThrow(/set both or none/);
  });
});
