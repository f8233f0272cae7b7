import { MOST_INPUT_PARTITIONS, parseEventTime } from '@millrace/pipeline';
import { reject, type JsonObject, type Rejection } from '@millrace/records';

/** The type of the records by which a producer promises order; no event type may have this name. */
export const WATERMARK_TYPE = 'millrace.watermark';

/** "Nothing earlier than `before` follows from me here." */
export interface Watermark {
  readonly kind: 'watermark';
  readonly promise: string;
  /** Epoch milliseconds; null on an end that says nothing more. */
  readonly before: number | null;
  /** All partitions that the promise names, ascending; null on an end that does not repeat them. */
  readonly partitions: readonly number[] | null;
  /** The promise ends here. */
  readonly idle: boolean;
}

/** It goes into markers, which are small. */
const MOST_ID_BYTES = 128;

export function parseWatermark({ promise, before, partitions, idle }: JsonObject): Watermark | Rejection {
  if (typeof promise !== 'string' || promise === '' || Buffer.byteLength(promise) > MOST_ID_BYTES)
    return bad(`promise must be a text of 1 to ${MOST_ID_BYTES} bytes`);
  if (idle !== undefined && typeof idle !== 'boolean') return bad('idle must be true or false');
  const ends = idle === true;
  const silent = ends && before === undefined;
  const time = silent ? null : parseEventTime(before);
  if (time === null && !silent) return bad('before must be a time: RFC 3339, or epoch milliseconds');
  const named = ends && partitions === undefined ? null : partitionList(partitions);
  if (named?.length === 0)
    return bad(`partitions must be a list of 1 to ${MOST_INPUT_PARTITIONS} different partition numbers`);
  return { kind: 'watermark', promise, before: time, partitions: named, idle: ends };
}

/** Ascending; empty where the value is no such list. */
function partitionList(value: unknown): readonly number[] {
  if (!Array.isArray(value) || value.length > MOST_INPUT_PARTITIONS) return [];
  const numbers = value.filter((n): n is number => Number.isSafeInteger(n) && (n as number) >= 0);
  return new Set(numbers).size === value.length ? numbers.toSorted((a, b) => a - b) : [];
}

function bad(what: string): Rejection {
  return reject(
    'BAD_WATERMARK',
    `${what}. A watermark is {"type":"${WATERMARK_TYPE}","promise":"id","before":t,"partitions":[0,1]}, its end {…,"promise":"id","idle":true}.`,
  );
}
