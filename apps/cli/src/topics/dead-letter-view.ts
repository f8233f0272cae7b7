import type { Plan } from '@millrace/pipeline';
import { headerText, type InboundRecord } from '@millrace/records';

import { HIDDEN } from './payload-view.ts';
import type { RecordPlace } from './record-reader.ts';

/** A dead letter as people see it. */
export interface DeadLetterView {
  /** Its own place in `<p>.dlq`: what `dlq show` asks for. */
  readonly place: string;
  /** When it was written, RFC 3339. */
  readonly written_at: string;
  readonly stage: string | null;
  readonly code: string | null;
  readonly reason: string | null;
  /** The event's place in `<p>.events`. */
  readonly topic: string | null;
  readonly partition: number | null;
  readonly offset: number | null;
  readonly attempts: number;
  readonly type: string | null;
  readonly key: string | null;
}

export function deadLetterView(record: InboundRecord): DeadLetterView {
  const text = (name: string): string | null => headerText(record.headers, name) ?? null;
  const number = (name: string): number | null => (text(name) === null ? null : Number(text(name)));
  return {
    place: `${record.partition}:${record.offset}`,
    written_at: new Date(record.timestamp).toISOString(),
    stage: text('millrace-stage'),
    code: text('millrace-code'),
    reason: text('millrace-reason'),
    topic: text('millrace-topic'),
    partition: number('millrace-partition'),
    offset: number('millrace-offset'),
    attempts: number('millrace-attempts') ?? 0,
    type: text('ce_type') ?? typeIn(record.value),
    key: record.key?.toString('utf8') ?? null,
  };
}

/** The type that an event names itself, in JSON or as a CloudEvent in structured mode. */
function typeIn(value: Buffer | null): string | null {
  if (value === null) return null;
  try {
    const event = JSON.parse(value.toString('utf8')) as { readonly type?: unknown } | null;
    return typeof event?.type === 'string' ? event.type : null;
  } catch {
    return null;
  }
}

/**
 * For people: without a key that `events.sensitive` names, and without the producer's own where there are pseudonyms; behind
 * ingest keys are those. Reasons never quote such fields.
 */
export function masked(view: DeadLetterView, { limits, pseudonyms, stages }: Plan): DeadLetterView {
  const isRaw = view.stage === 'ingest' && pseudonyms.fields.length > 0;
  const isNamed = stages.some(({ by }) => by.some((field) => limits.sensitive.includes(field)));
  const hides = view.key !== null && (isRaw || isNamed);
  return hides ? { ...view, key: HIDDEN } : view;
}

/** Where the event is, if the letter says so. */
export function originOf({ topic, partition, offset }: DeadLetterView): RecordPlace | null {
  return topic === null || partition === null || offset === null ? null : { topic, partition, offset };
}
