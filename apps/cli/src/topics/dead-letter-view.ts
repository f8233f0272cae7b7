import { headerText, type InboundRecord, type TopicPartition } from '@millrace/records';

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
    type: text('ce_type'),
    key: record.key?.toString('utf8') ?? null,
  };
}

/** Where the event is, if the letter says so. */
export function originOf({
  topic,
  partition,
  offset,
}: DeadLetterView): (TopicPartition & { readonly offset: number }) | null {
  return topic === null || partition === null || offset === null ? null : { topic, partition, offset };
}
