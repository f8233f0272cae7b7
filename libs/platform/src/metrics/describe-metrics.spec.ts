import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { METRIC_CATALOGUE } from './catalogue/metric-catalogue.ts';
import type { MetricRow } from './catalogue/metric-row.ts';
import { describeMetrics } from './describe-metrics.ts';

const page = await readFile(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8');
const rows = Object.entries<MetricRow>(METRIC_CATALOGUE);

describe('docs/metrics.md', () => {
  it('is what the catalogue says; `npm run docs` writes it again', () => {
    expect(page).toBe(describeMetrics());
  });

  it('lists every metric once', () => {
    const listed = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(listed).toHaveLength(rows.length);
    expect(new Set(listed)).toEqual(new Set(rows.map(([name]) => name)));
  });
});

describe('METRIC_CATALOGUE', () => {
  it.each(rows)('names %s as Prometheus does: counters end in _total, times and sizes in their unit', (name, row) => {
    const { kind, unit } = row;
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    if (unit === 'seconds' || unit === 'bytes') expect(name.replace(/_total$/, '').endsWith(`_${unit}`)).toBe(true);
    expect(name).not.toMatch(/_(sum|count|bucket|ms|milliseconds)$/);
  });

  it.each(rows)('has ascending bounds for %s where it is a histogram, and for nothing else', (_, row) => {
    const { kind, boundaries } = row;
    expect(boundaries !== undefined).toBe(kind === 'histogram');
    expect(boundaries).toEqual(boundaries?.toSorted((a, b) => a - b));
  });
});
