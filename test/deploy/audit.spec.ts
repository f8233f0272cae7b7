import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { audit, type Audited } from '../../scripts/audit.mjs';

const PROJECT = {
  name: 'audited',
  version: '1.0.0',
  dependencies: { runs: '1.0.0' },
  devDependencies: { builds: '1.0.0' },
};
const LOCK = {
  ...PROJECT,
  lockfileVersion: 3,
  packages: {
    '': PROJECT,
    'node_modules/runs': { version: '1.0.0' },
    'node_modules/builds': { version: '1.0.0', dev: true },
  },
};

describe('the audit of dependencies', () => {
  let folder: string;
  let registry: Server;
  let answer: { status: number; body: unknown };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audit-'));
    await writeFile(join(folder, 'package.json'), JSON.stringify(PROJECT));
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify(LOCK));
    registry = createServer(({ method }, response) => {
      const { status, body } = method === 'POST' ? answer : { status: 404, body: {} };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    registry.listen(0, '127.0.0.1');
    await once(registry, 'listening');
  });

  afterEach(async () => {
    registry.closeAllConnections();
    registry.close();
    await rm(folder, { recursive: true });
  });

  function audited(): Promise<Audited> {
    const { port } = registry.address() as AddressInfo;
    const npm = { npm_config_registry: `http://127.0.0.1:${port}/`, npm_config_cache: join(folder, 'cache') };
    return audit(folder, { ...process.env, ...npm });
  }

  /** What a registry says of one package. */
  const known = (name: string, severity: string): Record<string, unknown> => ({
    [name]: [
      {
        id: 1,
        url: 'https://advisories.example/1',
        title: 'it leaks',
        severity,
        vulnerable_versions: '<2',
        cwe: [],
        cvss: { score: 0, vectorString: null },
      },
    ],
  });

  it('is well where nothing is known against them', async () => {
    answer = { status: 200, body: {} };
    expect(await audited()).toEqual({ found: [], why: null });
  });

  it.each([
    ['runs', 'high', 1],
    ['runs', 'moderate', 0],
    ['builds', 'critical', 1],
    ['builds', 'high', 0],
  ])('of %s, where something %s is known, finds %d', async (name, severity, count) => {
    answer = { status: 200, body: known(name, severity) };
    const line = expect.stringMatching(`^${name} .*: ${severity} \\(it leaks, https://advisories.example/1\\)$`);
    expect(await audited()).toEqual({ found: Array.from({ length: count }, () => line), why: null });
  });

  it('is not done, and says why, where the registry has no audits', async () => {
    answer = { status: 405, body: { error: 'not here' } };
    expect(await audited()).toEqual({ found: [], why: expect.stringMatching(/405 Method Not Allowed .*advisories/) });
  });

  it('is not done, and says why, where the registry cannot be reached', async () => {
    const { port } = registry.address() as AddressInfo;
    registry.close();
    const env = { ...process.env, npm_config_registry: `http://127.0.0.1:${port}/`, npm_config_offline: 'true' };
    expect(await audit(folder, env)).toEqual({ found: [], why: expect.stringContaining('ECONNREFUSED') });
  });
});
