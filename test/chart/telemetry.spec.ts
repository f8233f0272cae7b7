import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { Manifest } from './manifest.ts';
import { renderChart } from './render-chart.ts';

const RUNBOOKS = 'https://runbooks.example.org/millrace/';

describe('what the chart brings for Prometheus and Grafana', () => {
  let manifests: readonly Manifest[];

  beforeAll(async () => {
    manifests = await renderChart('production');
  });

  const named = (kind: string, name: string) =>
    manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === `r-millrace-${name}`);

  it('is every alert of deploy/prometheus, with its runbook where the values have it', () => {
    const files = globSync('deploy/prometheus/rules/*.yml');
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const text = readFileSync(file, 'utf8').replaceAll('docs/runbooks/', RUNBOOKS);
      expect(named('PrometheusRule', basename(file, '.yml'))?.spec).toEqual(parse(text));
    }
    expect(manifests.filter(({ kind }) => kind === 'PrometheusRule')).toHaveLength(files.length);
  });

  it('is every dashboard of deploy/grafana, letter for letter', () => {
    const files = globSync('deploy/grafana/dashboards/*.json');
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const { data, metadata } = named('ConfigMap', `dashboard-${basename(file, '.json')}`) ?? {};
      expect(Object.values(data ?? {})).toEqual([readFileSync(file, 'utf8')]);
      expect(metadata?.labels).toMatchObject({ grafana_dashboard: '1' });
    }
  });
});
