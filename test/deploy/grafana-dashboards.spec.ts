import { globSync, readFileSync } from 'node:fs';

import { METRICS_OF } from '@millrace/platform';
import { describe, expect, it } from 'vitest';

import { problemOf, selectorsOf } from './metric-selectors.ts';
import { RECORDED } from './prometheus-rules.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly templating: { readonly list: readonly { readonly name: string }[] };
  readonly panels: readonly Panel[];
}

const DASHBOARDS = globSync('deploy/grafana/dashboards/*.json').map((file) => ({
  file,
  ...(JSON.parse(readFileSync(file, 'utf8')) as Dashboard),
}));
const QUERIES = DASHBOARDS.flatMap(({ title, templating, panels }) =>
  panels.flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({
      ...target,
      name: `${title}: ${panel.title}`,
      variables: templating.list.map(({ name }) => name),
    })),
  ),
);
/** What Grafana puts in their place. */
const filledIn = (expr: string): string => expr.replaceAll('$__rate_interval', '1m').replaceAll('$stage', 'scorer');

describe('the dashboards', () => {
  it.each(QUERIES.map(({ name, expr }) => [name, expr] as const))(
    'ask in %s for metrics of the catalogue, by labels that they have',
    (_, expr) => {
      const selectors = selectorsOf(filledIn(expr));
      expect(selectors.length).toBeGreaterThan(0);
      expect(selectors.map((selector) => problemOf(selector, RECORDED)).filter((problem) => problem !== null)).toEqual(
        [],
      );
    },
  );

  it('use no variable that they do not have', () => {
    for (const { name, expr, variables } of QUERIES) {
      const used = [...expr.matchAll(/\$(?!__)(\w+)/g)].map(([, variable]) => variable);
      expect([name, used.filter((variable) => !variables.includes(variable ?? ''))]).toEqual([name, []]);
    }
  });

  it('name in a legend only what the query leaves of the labels', () => {
    const unknown = QUERIES.flatMap(({ name, expr, legendFormat }) => {
      const left = /\b(?:sum|max|min) by \(([^)]*)\)/.exec(expr)?.[1]?.split(', ');
      const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      return left ? named.filter((label) => !left.includes(label)).map((label) => `${name}: ${label}`) : [];
    });
    expect(unknown).toEqual([]);
  });

  it('show every metric of the catalogue somewhere', () => {
    const shown = QUERIES.flatMap(({ expr }) => selectorsOf(filledIn(expr)).map(({ metric }) => metric));
    const families = new Set(shown.flatMap((series) => [series, series.replace(/_(bucket|sum|count)$/, '')]));
    const all = Object.values(METRICS_OF).flatMap((metrics) => Object.keys(metrics));
    expect(all.filter((metric) => !families.has(metric))).toEqual([]);
  });

  it.each(DASHBOARDS.map((dashboard) => [dashboard.file, dashboard] as const))(
    'of %s have ids of their own, and panels side by side',
    (_, { uid, panels }) => {
      expect(DASHBOARDS.filter((other) => other.uid === uid)).toHaveLength(1);
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, i) => `${x + (i % w)}/${y + Math.floor(i / w)}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
      for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    },
  );
});
