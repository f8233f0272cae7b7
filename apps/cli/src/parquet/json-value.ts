import { TextDecoder } from 'node:util';

import { rfc3339 } from '@millrace/records';

import { decimalNumber, type Decimal } from './decimal.ts';

/**
 * A value of a Parquet file as JSON has it: whole numbers and instants as numbers and texts, bytes as their text; null
 * for what is missing or no number.
 *
 * @param decimal what the whole numbers of the column stand for, where they do for decimals
 * @throws RangeError with what was found, for what has no JSON
 */
export function jsonValue(value: unknown, decimal?: Decimal): unknown {
  if (value === undefined || value === null) return null;
  if (decimal !== undefined) return decimalNumber(value as number | bigint | Uint8Array, decimal);
  if (typeof value === 'bigint') return safeInteger(value);
  if (typeof value === 'number') return jsonNumber(value);
  if (typeof value !== 'object') return value;
  if (value instanceof Date) return rfc3339(instant(value));
  if (value instanceof Uint8Array) return bytesText(value);
  if (Array.isArray(value)) return value.map((inner) => jsonValue(inner));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, jsonValue(inner)]));
}

/** Epoch milliseconds. */
export function instant(date: Date): number {
  if (!Number.isNaN(date.getTime())) return date.getTime();
  throw new RangeError('a time outside of what RFC 3339 has');
}

function safeInteger(value: bigint): number {
  if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) return Number(value);
  throw new RangeError(`${value}, more than a JSON number holds (2^53); a text can hold it`);
}

function jsonNumber(value: number): number | null {
  if (Number.isNaN(value)) return null;
  if (Number.isFinite(value)) return value;
  throw new RangeError(`${value}, which JSON does not have`);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function bytesText(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (error) {
    throw new RangeError('bytes that are not UTF-8; write them as a text', { cause: error });
  }
}
