import type { Headers } from './record.ts';
import { rememberLast } from './remember-last.ts';

const SPEC_VERSION = Buffer.from('1.0');
const JSON_TYPE = Buffer.from('application/json');

/** The context attributes of an event, as CloudEvents 1.0 names them. */
export interface CloudEventContext {
  readonly type: string;
  readonly source: string;
  readonly id: string;
  /** When it happened: event time, epoch milliseconds. */
  readonly atMs: number;
}

/** RFC 3339 in UTC, without milliseconds where there are none: `2013-11-12T15:59:00Z`. */
export const rfc3339 = rememberLast((ms: number): string => {
  const text = new Date(ms).toISOString();
  return ms % 1000 === 0 ? text.replace('.000Z', 'Z') : text;
});

const typeBytes = rememberLast((type: string) => Buffer.from(type));
const sourceBytes = rememberLast((source: string) => Buffer.from(source));

/**
 * The headers of an event in CloudEvents' binary mode with a JSON value (CloudEvents Kafka Protocol Binding 1.0.2,
 * section 3.2).
 */
export function cloudEventHeaders({ type, source, id, atMs }: CloudEventContext): Headers {
  return [
    ['ce_specversion', SPEC_VERSION],
    ['ce_type', typeBytes(type)],
    ['ce_source', sourceBytes(source)],
    ['ce_id', Buffer.from(id)],
    ['ce_time', Buffer.from(rfc3339(atMs))],
    ['content-type', JSON_TYPE],
  ];
}
