import type { Clock } from '@millrace/core';
import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, ConsoleSpanExporter, TracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace';

import type { TracesConfig } from '../config/platform-config.ts';
import { createSampler } from './create-sampler.ts';

/** How long the last spans may take to leave before the process goes without them. */
const FLUSH_MS = 5000;

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
      resource: detectResources({ detectors: [envDetector] }).merge(
        resourceFromAttributes({ 'service.name': service }),
      ),
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
  async close(): Promise<void> {
    const late = new AbortController();
    const flushed = this.#provider.shutdown().catch(() => undefined);
    await Promise.race([flushed, this.#clock.sleep(FLUSH_MS, late.signal)]);
    late.abort();
  }
}

/** Endpoint, headers and time-out come from the standard `OTEL_EXPORTER_OTLP_*` variables, which the exporter reads. */
function createExporter({ exporter, protocol }: TracesConfig): SpanExporter {
  if (exporter === 'console') return new ConsoleSpanExporter();
  return protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter();
}
