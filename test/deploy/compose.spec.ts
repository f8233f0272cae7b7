import { readFileSync } from 'node:fs';

import { SERVICE_NAMES } from '@millrace/platform';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly image: string;
  readonly build?: unknown;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly depends_on?: object;
}

const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  services: Readonly<Record<string, Service>>;
};
const ours = Object.entries(services).filter(([, { image }]) => image.startsWith('millrace:'));
const published = Object.values(services).flatMap(({ ports }) => ports ?? []);
const readme = readFileSync('README.md', 'utf8');

describe('docker-compose.yml', () => {
  it('builds the image once, before anything else is made of it', () => {
    const [builder = '', ...more] = ours.filter(([, { build }]) => build !== undefined).map(([name]) => name);
    expect([builder, more]).toEqual([expect.any(String), []]);
    const before = ours.flatMap(([name, { depends_on }]) => (builder in (depends_on ?? {}) ? [] : [name]));
    expect(before).toEqual([builder]);
    expect(ours.map(([name]) => name)).toEqual(expect.arrayContaining([...SERVICE_NAMES]));
  });

  it('opens ports on this machine alone', () => {
    expect(published.length).toBeGreaterThan(0);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });
});

it('exemplars are kept by Prometheus, and lead from Grafana to their traces in Jaeger', () => {
  expect(services['prometheus']?.command).toContain('--enable-feature=exemplar-storage');
  const { datasources } = parse(readFileSync('deploy/grafana/provisioning/datasources/millrace.yml', 'utf8')) as {
    datasources: readonly {
      readonly uid: string;
      readonly type: string;
      readonly jsonData?: { readonly exemplarTraceIdDestinations: readonly object[] };
    }[];
  };
  const uidOf = (type: string) => datasources.find((source) => source.type === type)?.uid;
  const prometheus = datasources.find(({ type }) => type === 'prometheus');
  // what libs/platform/src/metrics/exposition.ts calls it
  const link = { name: 'trace_id', datasourceUid: uidOf('jaeger') };
  expect(prometheus?.jsonData?.exemplarTraceIdDestinations).toEqual([link]);
});

describe('the README', () => {
  const addresses = [
    ...readme
      .split('## In containers')[1]!
      .split('\n## ')[0]!
      .matchAll(/localhost:(\d+)/g),
  ];

  it('names addresses that docker-compose.yml opens', () => {
    expect(addresses.length).toBeGreaterThan(4);
    for (const [, port] of addresses) expect(published).toContain(`127.0.0.1:${port}:${port}`);
  });

  it('takes all profiles down', () => {
    const profiles = new Set(Object.values(services).flatMap(({ profiles }) => profiles ?? []));
    const down = /`(docker compose .*down -v)`/.exec(readme)?.[1];
    for (const profile of profiles) expect(down).toContain(`--profile ${profile} `);
  });
});
