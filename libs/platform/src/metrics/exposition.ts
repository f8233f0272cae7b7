import type { Exemplar, Histogram } from './histogram.ts';
import type { Labels, MetricFamily, Point } from './metric-registry.ts';

/**
 * The two texts that Prometheus reads: its own (version 0.0.4), and OpenMetrics 1.0, which alone has exemplars. A family
 * without series is left out.
 */
export interface Exposition {
  readonly contentType: string;
  readonly isOpenMetrics: boolean;
}

export const PROMETHEUS_TEXT: Exposition = {
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  isOpenMetrics: false,
};
export const OPEN_METRICS: Exposition = {
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  isOpenMetrics: true,
};

/** The catalogue is Markdown: `[text](page)`. */
const LINK = /\[([^\]]*)\]\([^)]*\)/g;

/** @param accept the header of the request */
export function expositionFor(accept: string | undefined): Exposition {
  return accept?.includes('application/openmetrics-text') ? OPEN_METRICS : PROMETHEUS_TEXT;
}

export function expose(families: readonly MetricFamily[], { isOpenMetrics }: Exposition): string {
  const shown = families.filter(({ points }) => points.length > 0);
  const lines = shown.flatMap((family) => [
    ...header(family, isOpenMetrics),
    ...family.points.flatMap((point) => series(family.name, point, isOpenMetrics)),
  ]);
  return [...lines, ...(isOpenMetrics ? ['# EOF'] : []), ''].join('\n');
}

/** In OpenMetrics a counter's family has no `_total`, its series do. */
function header({ name, kind, meaning }: MetricFamily, isOpenMetrics: boolean): readonly string[] {
  const family = isOpenMetrics && kind === 'counter' ? name.replace(/_total$/, '') : name;
  const help = meaning.replaceAll(LINK, '$1');
  return [`# HELP ${family} ${isOpenMetrics ? escaped(help) : help}`, `# TYPE ${family} ${kind}`];
}

function series(name: string, { labels, value }: Point, isOpenMetrics: boolean): readonly string[] {
  if (typeof value === 'number') return [`${name}${labelSet(labels)} ${number(value)}`];
  return [
    ...buckets(name, labels, value, isOpenMetrics),
    `${name}_sum${labelSet(labels)} ${number(value.sum)}`,
    `${name}_count${labelSet(labels)} ${number(value.count)}`,
  ];
}

function buckets(name: string, labels: Labels, histogram: Histogram, isOpenMetrics: boolean): readonly string[] {
  const { boundaries, counts, exemplars } = histogram;
  let below = 0;
  return Array.from(counts, (count, bucket) => {
    below += count;
    const le = bucket < boundaries.length ? boundary(boundaries[bucket] as number, isOpenMetrics) : '+Inf';
    const exemplar = isOpenMetrics ? exemplars.get(bucket) : undefined;
    return `${name}_bucket${labelSet({ ...labels, le })} ${number(below)}${exemplar ? exemplarText(exemplar) : ''}`;
  });
}

function exemplarText({ value, traceId, atMs }: Exemplar): string {
  return ` # ${labelSet({ trace_id: traceId })} ${number(value)} ${atMs / 1000}`;
}

/** OpenMetrics asks for `1.0` where the older text has `1`. */
function boundary(value: number, isOpenMetrics: boolean): string {
  return isOpenMetrics && Number.isInteger(value) ? `${value}.0` : String(value);
}

function labelSet(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function number(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
