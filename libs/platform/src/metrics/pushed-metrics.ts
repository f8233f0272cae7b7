import type { Clock } from '@millrace/core';
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';

import type { MetricsConfig } from '../config/platform-config.ts';
import { serviceResource } from '../telemetry/service-resource.ts';
import { withinFlushTime } from '../telemetry/within-flush-time.ts';
import { MetricProducer } from './metric-producer.ts';
import type { MetricRegistry } from './metric-registry.ts';

/** Metrics by OTLP, for who does not come and read the page. */
export class PushedMetrics {
  readonly #provider: MeterProvider;
  readonly #clock: Clock;

  constructor(service: string, registry: MetricRegistry, { protocol, everyMs }: MetricsConfig, clock: Clock) {
    const exporter = protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter();
    const reader = new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: everyMs,
      exportTimeoutMillis: Math.min(everyMs, 30_000),
      metricProducers: [new MetricProducer(registry, clock)],
    });
    this.#clock = clock;
    this.#provider = new MeterProvider({ resource: serviceResource(service), readers: [reader] });
  }

  /** Sends the last numbers, for at most some seconds. */
  close(): Promise<void> {
    return withinFlushTime(this.#clock, this.#provider.shutdown());
  }
}
