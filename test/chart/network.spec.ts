import { beforeAll, describe, expect, it } from 'vitest';

import type { Manifest, Rule, Texts } from './manifest.ts';
import { renderChart } from './render-chart.ts';

const METRICS = [{ namespaceSelector: {}, podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } } }];
const HERE = [{ podSelector: {} }];

const selects = (selector: Texts, labels: Texts): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);
const ports = ({ ports: all }: Rule): readonly (number | string)[] => all.map(({ port }) => port);

describe('the pods of a service', () => {
  let manifests: readonly Manifest[];

  beforeAll(async () => {
    manifests = await renderChart('production');
  });

  const all = (kind: string): readonly Manifest[] => manifests.filter((manifest) => manifest.kind === kind);
  const labelsOf = (service: string): Texts =>
    all('StatefulSet').find(({ metadata }) => metadata.name === `r-millrace-${service}`)?.spec.template.metadata
      .labels ?? {};
  /** What may come in: from whom, to which ports. */
  const ingress = (service: string): readonly (readonly [unknown, readonly (number | string)[]])[] =>
    all('NetworkPolicy')
      .filter(({ spec }) => selects(spec.podSelector.matchLabels, labelsOf(service)))
      .flatMap(({ spec }) => spec.ingress ?? [])
      .map((rule) => [rule.from, ports(rule)]);

  it.each([
    ['ingest', ['http']],
    ['scorer', ['grpc', 'http']],
    ['monitor', ['http']],
  ])('let nobody in but Prometheus, and the namespace to the doors: %s', (service, doors) => {
    const expected = [
      [METRICS, ['http']],
      [HERE, doors],
    ];
    expect(ingress(service)).toEqual(expected);
  });

  it('let nobody in but Prometheus where there is no door', () => {
    expect(ingress('feature')).toEqual([[METRICS, ['http']]]);
  });

  it('are let out to names, brokers, collector and object store, by what values say of these, and nowhere else', () => {
    const policies = all('NetworkPolicy').filter(({ spec }) => spec.egress);
    expect(policies.map(({ spec }) => spec.podSelector.matchLabels)).toEqual([
      { 'app.kubernetes.io/name': 'millrace', 'app.kubernetes.io/instance': 'r' },
    ]);
    const rules = policies[0]?.spec.egress ?? [];
    expect(rules.map(ports)).toEqual([[53, 53], [9096, 9094, 9095], [4318], [9000], [443]]);
    expect(rules.slice(1).map(({ to }) => to)).toEqual([
      [{ ipBlock: { cidr: '10.20.0.0/16' } }],
      [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'telemetry' } } }],
      [{ ipBlock: { cidr: '10.30.0.0/24' } }],
      [{ ipBlock: { cidr: '10.40.0.1/32' } }],
    ]);
  });

  it('are not kept from brokers whose addresses nobody has named', async () => {
    const policy = (await renderChart('minimal')).find(({ kind, spec }) => kind === 'NetworkPolicy' && spec.egress);
    expect(policy?.spec.egress.map((rule) => [rule.to === undefined, ports(rule)])).toEqual([
      [false, [53, 53]],
      [true, [9092]],
    ]);
  });

  it.each([
    ['', 443],
    ['https://minio.example.org', 443],
    ['http://minio.example.org', 80],
    ['http://minio.example.org:9000/', 9000],
  ])('reach an object store at %j at its port', async (endpoint, port) => {
    const rendered = await renderChart('gpu', { values: { 'models.s3.endpoint': endpoint } });
    const policy = rendered.find(({ kind, spec }) => kind === 'NetworkPolicy' && spec.egress);
    expect(policy?.spec.egress.map(ports)).toEqual([[53, 53], [9093], [port]]);
  });

  it.each(['ingest', 'feature', 'scorer', 'monitor'])(
    'are those that their Service, set and budget select: %s',
    (service) => {
      const named = (kind: string) => all(kind).find(({ metadata }) => metadata.name === `r-millrace-${service}`)?.spec;
      const selectors = [
        named('Service')?.selector as Texts,
        named('StatefulSet')?.selector.matchLabels as Texts,
        named('PodDisruptionBudget')?.selector.matchLabels as Texts,
      ];
      for (const selector of selectors) {
        const others = ['ingest', 'feature', 'scorer', 'monitor'].filter((name) => selects(selector, labelsOf(name)));
        expect(others).toEqual([service]);
      }
    },
  );

  it('are scraped once, as the job that alerts ask for', () => {
    const [monitor] = all('ServiceMonitor');
    const scraped = all('Service').filter(({ metadata }) =>
      selects(monitor?.spec.selector.matchLabels as Texts, metadata.labels),
    );
    expect(scraped).toHaveLength(4);
    for (const { metadata, spec } of scraped) {
      expect(metadata.labels[monitor?.spec.jobLabel as string]).toBe('millrace');
      expect(spec.ports.map(({ name }) => name)).toContain('http');
    }
  });
});
