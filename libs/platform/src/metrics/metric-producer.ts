import type { Clock } from '@millrace/core';
import { ValueType, type HrTime } from '@opentelemetry/api';
import { millisToHrTime } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  type CollectionResult,
  type MetricData,
  type MetricProducer as Producer,
} from '@opentelemetry/sdk-metrics';

import type { Histogram } from './histogram.ts';
import type { MetricFamily, MetricRegistry, Point } from './metric-registry.ts';

/** Hands the numbers of a registry to OpenTelemetry, which has no exemplars to hand on. */
export class MetricProducer implements Producer {
  readonly #registry: MetricRegistry;
  readonly #clock: Clock;
  readonly #startTime: HrTime;

  constructor(registry: MetricRegistry, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
    this.#startTime = millisToHrTime(clock.now());
  }

  async collect(): Promise<CollectionResult> {
    const endTime = millisToHrTime(this.#clock.now());
    const metrics = this.#registry.families().map((family) => this.#data(family, endTime));
    return {
      resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope: { name: 'millrace' }, metrics }] },
      errors: [],
    };
  }

  /** Units are in the names already: one that were said again would come out twice at who adds it. */
  #data({ name, kind, meaning: description, points }: MetricFamily, endTime: HrTime): MetricData {
    const base = {
      descriptor: { name, description, unit: '', valueType: ValueType.DOUBLE },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
    };
    const at = { startTime: this.#startTime, endTime };
    const plain = (): { attributes: Point['labels']; value: number; startTime: HrTime; endTime: HrTime }[] =>
      points.map(({ labels, value }) => ({ ...at, attributes: labels, value: value as number }));
    if (kind === 'counter')
      return { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: plain() };
    if (kind === 'gauge') return { ...base, dataPointType: DataPointType.GAUGE, dataPoints: plain() };
    const dataPoints = points.map(({ labels, value }) => ({
      ...at,
      attributes: labels,
      value: histogramValue(value as Histogram),
    }));
    return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
}

function histogramValue({ boundaries, counts, count, sum }: Histogram) {
  return { buckets: { boundaries: [...boundaries], counts: [...counts] }, count, sum };
}
