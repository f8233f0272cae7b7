import type { Headers } from '@millrace/records';
import type { SpanContext } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';

const NAME = 'traceparent';
/** `00-` trace id `-` span id `-` flags: the last of its hex digits carries the sampled bit. */
const LENGTH = 55;

/** The header, and what it says. */
export interface SampledTrace {
  readonly text: string;
  readonly context: SpanContext;
}

/** What a record's headers say: no trace at all, one that is not sampled, or one that is. */
export type IncomingTrace = 'none' | 'unsampled' | SampledTrace;

/**
 * Reads the `traceparent` header (W3C Trace Context, level 1). An unsampled record costs a look at one byte: nothing is
 * parsed and nothing is made.
 */
export function incomingTrace(headers: Headers): IncomingTrace {
  for (const [name, value] of headers) if (name === NAME) return value === null ? 'none' : read(value);
  return 'none';
}

function read(value: Buffer): IncomingTrace {
  if (value.length < LENGTH) return 'none';
  if (!isOddHexDigit(value[LENGTH - 1] as number)) return 'unsampled';
  const text = value.toString('latin1');
  const context = parseTraceParent(text);
  return context ? { text, context: { ...context, isRemote: true } } : 'none';
}

/** Digits end in odd codes where they are odd (`1` is 0x31), letters where they are even: `b` 0x62, `d`, `f`. */
function isOddHexDigit(code: number): boolean {
  return code <= 0x39 ? (code & 1) === 1 : (code & 1) === 0;
}

export function traceParent({ traceId, spanId }: SpanContext): string {
  return `00-${traceId}-${spanId}-01`;
}
