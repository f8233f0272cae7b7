import { AppError } from '@millrace/core';
import { parseEventTime } from '@millrace/pipeline';

export const WATERMARK_TYPE = 'millrace.watermark';
const MOST_ID_LENGTH = 64;
const MOST_PARTITIONS = 512;

/** A producer's promise: nothing earlier than `before` follows from it in this partition. */
export interface Watermark {
  readonly kind: 'watermark';
  readonly promise: string;
  /** Event time, epoch milliseconds; null where the record only ends the promise. */
  readonly before: number | null;
  /** All partitions that the promise names; null where the record does not repeat them. */
  readonly partitions: readonly number[] | null;
  /** The promise ends here. */
  readonly idle: boolean;
}

/** @throws AppError `BAD_WATERMARK` */
export function readWatermark(payload: Readonly<Record<string, unknown>>): Watermark {
  const { promise, before, partitions, idle } = payload;
  if (typeof promise !== 'string' || promise === '' || promise.length > MOST_ID_LENGTH) {
    throw new AppError('BAD_WATERMARK', `"promise" must be text of 1 to ${MOST_ID_LENGTH} characters`);
  }
  const time = before === undefined ? null : parseEventTime(before);
  if (before !== undefined && time === null) throw new AppError('BAD_WATERMARK', '"before" must be RFC 3339 text or epoch milliseconds');
  if (time === null && idle !== true) throw new AppError('BAD_WATERMARK', 'it needs "before", or "idle": true');
  return { kind: 'watermark', promise, before: time, partitions: readPartitions(partitions), idle: idle === true };
}

function readPartitions(found: unknown): readonly number[] | null {
  if (found === undefined) return null;
  const isList = Array.isArray(found) && found.length > 0 && found.length <= MOST_PARTITIONS;
  if (isList && found.every((p) => Number.isInteger(p) && p >= 0)) return [...new Set(found as number[])].toSorted((a, b) => a - b);
  throw new AppError('BAD_WATERMARK', `"partitions" must be a list of 1 to ${MOST_PARTITIONS} partition numbers`);
}
