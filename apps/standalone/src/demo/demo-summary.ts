import { writeFile } from 'node:fs/promises';

import type { DemoTally, OpenedIncident } from './demo-tally.ts';
import type { Quantiles } from './latency-histogram.ts';

export type LogKind = 'external' | 'docker' | 'jars' | 'embedded';

/** What `npm start -- --summary FILE` writes. Durations of latency in milliseconds; null where nothing was measured. */
export interface DemoSummary {
  readonly kafka: LogKind;
  readonly events: number;
  readonly predictions: number;
  readonly dead_letters: number;
  readonly outcomes: number;
  readonly examples: number;
  readonly alerts: readonly OpenedIncident[];
  readonly auc: number | null;
  readonly events_per_s: number;
  readonly latency_ms: Readonly<Record<'end_to_end' | 'ingest' | 'feature' | 'scorer', Quantiles | null>>;
  readonly duration_s: number;
}

export interface DemoFigures {
  readonly kafka: LogKind;
  readonly events: number;
  readonly tally: DemoTally;
  readonly hops: Readonly<Record<string, Quantiles | null>>;
  /** From the first event published to the last answer seen. */
  readonly busyMs: number;
  readonly totalMs: number;
}

export function summarise({ kafka, events, tally, hops, busyMs, totalMs }: DemoFigures): DemoSummary {
  const auc = tally.auc();
  return {
    kafka,
    events,
    predictions: tally.predictions,
    dead_letters: tally.deadLetters,
    outcomes: tally.outcomes,
    examples: tally.examples,
    alerts: tally.alerts,
    auc: auc === null ? null : Number(auc.toFixed(4)),
    events_per_s: Math.round((events / busyMs) * 1000),
    latency_ms: {
      end_to_end: tally.endToEnd.quantiles(),
      ingest: hops['ingest'] ?? null,
      feature: hops['feature'] ?? null,
      scorer: hops['scorer'] ?? null,
    },
    duration_s: Number((totalMs / 1000).toFixed(1)),
  };
}

export async function writeSummary(file: string, summary: DemoSummary): Promise<void> {
  await writeFile(file, `${JSON.stringify(summary, null, 2)}\n`);
}

/** For people, a line each. */
export function describeSummary(summary: DemoSummary): readonly string[] {
  const { latency_ms: latency } = summary;
  const quantiles = (hop: Quantiles | null): string => (hop ? `p50 ${hop.p50} ms, p99 ${hop.p99} ms` : 'not measured');
  return [
    `events        ${summary.events} at ${summary.events_per_s}/s (log: ${summary.kafka})`,
    `predictions   ${summary.predictions}, dead letters ${summary.dead_letters}`,
    `outcomes      ${summary.outcomes}, of them joined to a prediction ${summary.examples}`,
    `AUC           ${summary.auc ?? 'not known'} over the monitored weeks`,
    `latency       end to end ${quantiles(latency.end_to_end)} (at full speed: mostly waiting in line)`,
    ...(['ingest', 'feature', 'scorer'] as const).map((hop) => `  ${hop.padEnd(12)}${quantiles(latency[hop])}`),
    `incidents     ${summary.alerts.length}`,
    ...summary.alerts.map(({ signal, opened_at }) => `  ${opened_at}  ${signal}`),
  ];
}
