import type { Clock } from '@millrace/core';
import type { InboundRecord } from '@millrace/records';
import type { BatchOutput, BatchTimes, RunnerObserver } from '@millrace/stream';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';

import { traceDeadLetter } from './trace-dead-letter.ts';
import { incomingTrace, traceParent, type SampledTrace } from './trace-parent.ts';

export interface TraceObserverOptions {
  readonly tracer: Tracer;
  readonly clock: Clock;
  readonly service: string;
  readonly groupId: string;
  /** Whether a record that came without a trace begins one. */
  readonly begins: () => boolean;
}

interface TracedRecord {
  readonly span: Span;
  readonly record: InboundRecord;
}

/** The transaction under way, as far as it is traced. */
interface TracedBatch {
  readonly traced: TracedRecord[];
  /** One for all of them: a child of the first record's, with links to the others. */
  span: Span | null;
  readonly startedAtMs: number;
  readonly startedElapsedMs: number;
}

/**
 * A span for each sampled record, one for its transaction, and one for each dead letter, sampled or not. Spans end when the
 * transaction is acknowledged; attributes follow OpenTelemetry's semantic conventions for messaging and CloudEvents.
 */
export class TraceObserver implements RunnerObserver {
  readonly #options: TraceObserverOptions;
  #batch: TracedBatch | null = null;

  constructor(options: TraceObserverOptions) {
    this.#options = options;
  }

  taken(records: readonly InboundRecord[]): void {
    const { clock } = this.#options;
    const batch: TracedBatch = {
      traced: [],
      span: null,
      startedAtMs: clock.now(),
      startedElapsedMs: clock.elapsed(),
    };
    this.#batch = batch;
    for (const record of records) this.#begin(record, batch);
    batch.span?.setAttribute('messaging.batch.message_count', records.length);
  }

  committed(records: readonly InboundRecord[], output: BatchOutput, times: BatchTimes): void {
    const batch = this.#end();
    if (!batch) return;
    const endMs = this.#now(batch);
    for (const letter of output.deadLetters) traceDeadLetter(this.#options.tracer, letter, batch.startedAtMs, endMs);
    if (!batch.span) return;
    const shared = {
      'messaging.batch.message_count': records.length,
      'millrace.process_ms': times.processMs,
      'millrace.commit_ms': times.commitMs,
    };
    for (const { span, record } of batch.traced) {
      span.setAttributes({ ...shared, ...ownAttributes(record, times) });
      span.end(endMs);
    }
    batch.span.setAttributes({
      ...shared,
      'millrace.outputs': output.outputs,
      'millrace.dead_letters': output.deadLetters.length,
    });
    batch.span.end(endMs);
  }

  /** What comes again is traced again. */
  abandoned(): void {
    const batch = this.#end();
    if (!batch) return;
    for (const span of [...batch.traced.map((each) => each.span), ...(batch.span ? [batch.span] : [])]) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'the transaction did not commit' });
      span.end(this.#now(batch));
    }
  }

  #begin(record: InboundRecord, batch: TracedBatch): void {
    const incoming = incomingTrace(record.headers);
    if (incoming === 'unsampled' || (incoming === 'none' && !this.#options.begins())) return;
    this.#trace(record, incoming === 'none' ? null : incoming, batch);
  }

  #trace(record: InboundRecord, incoming: SampledTrace | null, batch: TracedBatch): void {
    const span = this.#startSpan(record, incoming?.context ?? null, batch);
    if (!span.isRecording()) {
      if (incoming) record.trace = { traceparent: incoming.text };
      return;
    }
    record.trace = { traceparent: traceParent(span.spanContext()) };
    batch.traced.push({ span, record });
    this.#join(span, batch);
  }

  #startSpan(record: InboundRecord, parent: SpanContext | null, batch: TracedBatch): Span {
    const { tracer, groupId } = this.#options;
    const context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
    const links = batch.span ? [{ context: batch.span.spanContext() }] : [];
    const options = {
      kind: SpanKind.CONSUMER,
      attributes: messageAttributes(record, groupId),
      links,
      startTime: batch.startedAtMs,
    };
    return tracer.startSpan(`process ${record.topic}`, options, context);
  }

  #join(span: Span, batch: TracedBatch): void {
    if (batch.span) batch.span.addLink({ context: span.spanContext() });
    else batch.span = this.#startBatchSpan(span, batch);
  }

  /** In the trace of the first record, so that the sampler's decision holds for it too. */
  #startBatchSpan(first: Span, batch: TracedBatch): Span {
    const { tracer, service } = this.#options;
    const options = {
      kind: SpanKind.INTERNAL,
      links: [{ context: first.spanContext() }],
      startTime: batch.startedAtMs,
    };
    return tracer.startSpan(`transaction ${service}`, options, trace.setSpan(ROOT_CONTEXT, first));
  }

  #end(): TracedBatch | null {
    const batch = this.#batch;
    this.#batch = null;
    return batch;
  }

  /** Wall clock at the start plus what really passed. */
  #now({ startedAtMs, startedElapsedMs }: TracedBatch): number {
    return startedAtMs + this.#options.clock.elapsed() - startedElapsedMs;
  }
}

function messageAttributes({ topic, partition, offset }: InboundRecord, groupId: string): Attributes {
  return {
    'messaging.system': 'kafka',
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'messaging.kafka.offset': offset,
    'messaging.consumer.group.name': groupId,
  };
}

function ownAttributes({ timestamp, trace: known }: InboundRecord, { takenAtMs }: BatchTimes): Attributes {
  return {
    'millrace.queue_wait_ms': Math.max(0, takenAtMs - timestamp),
    ...(known?.eventId !== undefined && { 'cloudevents.event_id': known.eventId }),
    ...known?.attributes,
  };
}
