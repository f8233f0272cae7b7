import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

import type { MetricRegistry } from './metric-registry.ts';

/** `Content-Type` of the page: Prometheus' text format. */
export const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** The `/metrics` page of one service. Each has its own reader: nothing here is global. */
export class MetricsPage {
  readonly #reader: PrometheusExporter;
  readonly #provider: MeterProvider;
  readonly #serializer = new PrometheusSerializer(undefined, false, undefined, true, true);

  constructor(service: string, registry: MetricRegistry) {
    this.#reader = new PrometheusExporter({ preventServerStart: true, metricProducers: [registry] });
    this.#provider = new MeterProvider({
      resource: resourceFromAttributes({ 'service.name': service }),
      readers: [this.#reader],
    });
  }

  /** For instruments of what is rare: the record path uses the registry. */
  get provider(): MeterProvider {
    return this.#provider;
  }

  async text(): Promise<string> {
    const { resourceMetrics } = await this.#reader.collect();
    return this.#serializer.serialize(resourceMetrics);
  }

  close(): Promise<void> {
    return this.#provider.shutdown();
  }
}
