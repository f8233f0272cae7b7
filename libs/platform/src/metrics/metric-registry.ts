import type { Clock } from '@millrace/core';
import { ValueType, type Attributes, type HrTime } from '@opentelemetry/api';
import { millisToHrTime } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  type CollectionResult,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';

import { Counter } from './counter.ts';
import { Histogram } from './histogram.ts';

/** What a metric is, for those who read it. */
export interface MetricInfo {
  /** With the unit in it, as Prometheus names them: `millrace_stage_commit_seconds`. */
  readonly name: string;
  readonly description: string;
  readonly attributes?: Attributes;
}

type Reading =
  | { readonly counter: Counter }
  | { readonly histogram: Histogram }
  | { readonly gauge: () => number | null };
type Metric = MetricInfo & Reading;

/**
 * The numbers of one service. They are plain fields that the record path adds to; OpenTelemetry reads them through
 * `collect` when somebody asks.
 */
export class MetricRegistry implements MetricProducer {
  readonly #clock: Clock;
  readonly #startTime: HrTime;
  readonly #metrics: Metric[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startTime = millisToHrTime(clock.now());
  }

  counter(info: MetricInfo): Counter {
    const counter = new Counter();
    this.#metrics.push({ ...info, counter });
    return counter;
  }

  histogram(info: MetricInfo, boundaries: readonly number[]): Histogram {
    const histogram = new Histogram(boundaries);
    this.#metrics.push({ ...info, histogram });
    return histogram;
  }

  /** Read when somebody asks; null leaves it out. */
  gauge(info: MetricInfo, gauge: () => number | null): void {
    this.#metrics.push({ ...info, gauge });
  }

  /** Metrics of one name are one family, whatever their attributes. */
  async collect(): Promise<CollectionResult> {
    const families = Map.groupBy(this.#metrics, ({ name }) => name);
    const metrics = [...families.values()].map((family) => this.#family(family));
    return {
      resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope: { name: 'millrace' }, metrics }] },
      errors: [],
    };
  }

  #family(family: readonly Metric[]): MetricData {
    const [first] = family as readonly [Metric, ...Metric[]];
    const { name, description } = first;
    const base = {
      descriptor: { name, description, unit: '', valueType: ValueType.DOUBLE },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
    };
    if ('histogram' in first)
      return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints: this.#points(family, histogramValue) };
    if ('counter' in first)
      return {
        ...base,
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints: this.#points(family, counterValue),
      };
    return { ...base, dataPointType: DataPointType.GAUGE, dataPoints: this.#points(family, gaugeValue) };
  }

  #points<T>(family: readonly Metric[], read: (metric: Metric) => T | null) {
    const times = { startTime: this.#startTime, endTime: millisToHrTime(this.#clock.now()) };
    return family.flatMap((metric) => {
      const value = read(metric);
      return value === null ? [] : [{ ...times, attributes: metric.attributes ?? {}, value }];
    });
  }
}

function counterValue(metric: Metric): number | null {
  return 'counter' in metric ? metric.counter.value : null;
}

function gaugeValue(metric: Metric): number | null {
  return 'gauge' in metric ? metric.gauge() : null;
}

function histogramValue(metric: Metric) {
  if (!('histogram' in metric)) return null;
  const { boundaries, counts, count, sum } = metric.histogram;
  return { buckets: { boundaries: [...boundaries], counts: [...counts] }, count, sum };
}
