import { METRICS_OF, type MetricRow } from '@millrace/platform';
import { parser } from '@prometheus-io/lezer-promql';

/** A place in an expression where series are selected. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

/**
 * What a PromQL expression selects.
 *
 * @throws Error where it cannot be parsed
 */
export function selectorsOf(expression: string): readonly Selector[] {
  const selectors: { metric: string; labels: string[] }[] = [];
  parser.parse(expression).iterate({
    enter: ({ type, from, to }) => {
      const text = expression.slice(from, to);
      if (type.isError) throw new Error(`cannot be parsed at ${from}: ${expression}`);
      if (type.name === 'VectorSelector') selectors.push({ metric: '', labels: [] });
      const selector = selectors.at(-1);
      if (selector && type.name === 'Identifier' && selector.metric === '') selector.metric = text;
      if (selector && type.name === 'LabelName' && inMatchers(expression, from)) selector.labels.push(text);
    },
  });
  return selectors;
}

/** Not in `by (…)`, `on (…)` and the like. */
function inMatchers(expression: string, at: number): boolean {
  return expression.lastIndexOf('{', at) > expression.lastIndexOf('}', at);
}

/** Labels that who scrapes adds. */
const ADDED = ['job', 'instance'];

/** What is wrong with a selector, by the catalogue of metrics and by what rules record; null: nothing. */
export function problemOf({ metric, labels }: Selector, recorded: ReadonlySet<string>): string | null {
  if (metric === 'up' || recorded.has(metric)) return null;
  const row = rowOf(metric);
  if (!row) return `there is no metric ${metric}`;
  const known = [...row.labels, ...ADDED, ...(metric.endsWith('_bucket') ? ['le'] : [])];
  const unknown = labels.filter((label) => !known.includes(label));
  return unknown.length === 0 ? null : `${metric} has no label ${unknown.join(', ')}`;
}

const ROWS: Readonly<Record<string, MetricRow>> = Object.assign({}, ...Object.values(METRICS_OF));

/** A histogram is three series, none of its own name. */
function rowOf(series: string): MetricRow | undefined {
  const [metric, ...part] = series.split(/_(?=(?:bucket|sum|count)$)/);
  const row = ROWS[metric ?? ''];
  return (row?.kind === 'histogram') === part.length > 0 ? row : undefined;
}
