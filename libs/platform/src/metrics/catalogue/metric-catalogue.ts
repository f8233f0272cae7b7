import { FEATURE_METRICS } from './feature-metrics.ts';
import { INGEST_METRICS } from './ingest-metrics.ts';
import { MONITOR_METRICS } from './monitor-metrics.ts';
import { PROCESS_METRICS } from './process-metrics.ts';
import { SCORER_METRICS } from './scorer-metrics.ts';
import { STAGE_METRICS } from './stage-metrics.ts';

/** By who has them; `docs/metrics.md` is made from it. */
export const METRICS_OF = {
  every: { ...STAGE_METRICS, ...PROCESS_METRICS },
  ingest: INGEST_METRICS,
  feature: FEATURE_METRICS,
  scorer: SCORER_METRICS,
  monitor: MONITOR_METRICS,
} as const;

/** Every metric that a page may show. What is not here cannot be registered, and what is here some service shows. */
export const METRIC_CATALOGUE = {
  ...METRICS_OF.every,
  ...INGEST_METRICS,
  ...FEATURE_METRICS,
  ...SCORER_METRICS,
  ...MONITOR_METRICS,
} as const;

type Catalogue = typeof METRIC_CATALOGUE;
type Kind = Catalogue[keyof Catalogue]['kind'];

/** The names of a kind. */
export type MetricName<K extends Kind = Kind> = {
  [Name in keyof Catalogue]: Catalogue[Name]['kind'] extends K ? Name : never;
}[keyof Catalogue];

/** A value for each label of a metric. */
export type LabelsOf<Name extends MetricName> = Readonly<Record<Catalogue[Name]['labels'][number], string>>;
