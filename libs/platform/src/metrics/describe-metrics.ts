import { METRICS_OF } from './catalogue/metric-catalogue.ts';
import type { MetricRow } from './catalogue/metric-row.ts';

const TITLES = {
  every: 'Every service',
  ingest: '`ingest`',
  feature: '`feature`',
  scorer: '`scorer`',
  monitor: '`monitor`',
} as const satisfies Record<keyof typeof METRICS_OF, string>;

/** The page `docs/metrics.md`: every metric, by who has it, in the order of the catalogue. */
export function describeMetrics(): string {
  const groups = Object.entries(METRICS_OF).map(([group, metrics]) =>
    describeGroup(TITLES[group as keyof typeof TITLES], metrics),
  );
  return [INTRODUCTION, ...groups].join('\n\n') + '\n';
}

const INTRODUCTION = `# Metrics

<!-- made from libs/platform/src/metrics/catalogue/ by: npm run docs -->

What \`/metrics\` of a service shows, in Prometheus' text format, or in OpenMetrics to who asks for it, as Prometheus does. \`stage\` is the
service. A histogram \`x\` is the series \`x_bucket\`, \`x_sum\` and \`x_count\`. Counters begin at 0 with the process. Latencies of records whose trace is
sampled come with exemplars that name it (\`trace_id\`), in OpenMetrics alone; Prometheus keeps them with \`--enable-feature=exemplar-storage\`.

Rules and dashboards for them are in [\`deploy/prometheus\`](../deploy/prometheus) and [\`deploy/grafana\`](../deploy/grafana).`;

function describeGroup(title: string, metrics: Readonly<Record<string, MetricRow>>): string {
  const rows = Object.entries(metrics).map(
    ([name, { kind, unit, labels, meaning }]) =>
      `| \`${name}\` | ${kind} | ${unit} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${meaning} |`,
  );
  return [`## ${title}`, '', '| metric | kind | unit | labels | what it says |', '|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}
