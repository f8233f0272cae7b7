import type { Clock } from '@millrace/core';
import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, ConsoleSpanExporter, TracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace';

import type { TracesConfig } from '../config/platform-config.ts';
import { createSampler } from './create-sampler.ts';
import { serviceResource } from './service-resource.ts';
import { withinFlushTime } from './within-flush-time.ts';

/**
 * The traces of one service: a provider of its own, because in a process with four services each has its own
 * `service.name`. Nothing here is global.
 */
export class Tracing {
  readonly #provider: TracerProvider;
  readonly #clock: Clock;

  constructor(service: string, config: TracesConfig, clock: Clock, exporter: SpanExporter = createExporter(config)) {
    const { delayMs, size, batch } = config.queue;
    this.#clock = clock;
    this.#provider = new TracerProvider({
      resource: serviceResource(service),
      sampler: createSampler(config.sampler, config.ratio),
      spanProcessors: [
        new BatchSpanProcessor({
          exporter,
          scheduledDelayMillis: delayMs,
          maxQueueSize: size,
          maxExportBatchSize: batch,
        }),
      ],
    });
  }

  get tracer(): Tracer {
    return this.#provider.getTracer('millrace');
  }

  /** Sends what is left, for at most some seconds. */
  close(): Promise<void> {
    return withinFlushTime(this.#clock, this.#provider.shutdown());
  }
}

/** Endpoint, headers and time-out come from the standard `OTEL_EXPORTER_OTLP_*` variables, which the exporter reads. */
function createExporter({ exporter, protocol }: TracesConfig): SpanExporter {
  if (exporter === 'console') return new ConsoleSpanExporter();
  return protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter();
}
