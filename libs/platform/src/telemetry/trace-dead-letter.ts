import { headerText, type DeadLetter } from '@millrace/records';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Tracer,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';

import { traceParent } from './trace-parent.ts';

/**
 * A span for a record that was given up, whether its trace is sampled or not: in the trace of the record, or in one of its
 * own, which the letter then names. It says which event and why by code; the reason may quote the event and stays out.
 */
export function traceDeadLetter(tracer: Tracer, letter: DeadLetter, startMs: number, endMs: number): void {
  const options = { kind: SpanKind.CONSUMER, attributes: letterAttributes(letter), startTime: startMs };
  const span = tracer.startSpan(`dead letter ${letter.stage}`, options, parentOf(letter));
  if (span.isRecording()) letter.trace ??= { traceparent: traceParent(span.spanContext()) };
  span.setStatus({ code: SpanStatusCode.ERROR, message: letter.code });
  span.end(endMs);
}

/** An unsampled trace that the producer began goes on, too. */
function parentOf({ trace: known, headers = [] }: DeadLetter): Context {
  const text = known?.traceparent ?? headerText(headers, 'traceparent');
  const parent = text === undefined ? null : parseTraceParent(text);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true }) : ROOT_CONTEXT;
}

function letterAttributes({ code, topic, partition, offset, type, eventId }: DeadLetter): Attributes {
  return {
    'error.type': code,
    'messaging.system': 'kafka',
    'messaging.operation.type': 'process',
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'messaging.kafka.offset': offset,
    ...(eventId !== undefined && { 'cloudevents.event_id': eventId }),
    ...(type !== undefined && { 'cloudevents.event_type': type }),
  };
}
