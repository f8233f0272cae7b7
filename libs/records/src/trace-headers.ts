import { NO_HEADERS, type Header, type Headers, type RecordTrace } from './record.ts';

/** Headers that carry a sampled trace to the next hop, with the event's id beside it. Empty without a trace. */
export function traceHeaders(trace: RecordTrace | undefined): Headers {
  if (!trace) return NO_HEADERS;
  const own: Header = ['traceparent', Buffer.from(trace.traceparent)];
  return trace.eventId === undefined ? [own] : [own, ['ce_id', Buffer.from(trace.eventId)]];
}
