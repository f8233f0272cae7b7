import { isUtf8 } from 'node:buffer';

import { isNestedTooDeep, MOST_JSON_DEPTH } from '@millrace/core';

import { reject, type Rejection } from './rejection.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON object in these bytes. What it says of broken JSON quotes nothing of it: it may be sensitive. */
export function parseJsonObject(bytes: Buffer | null): { readonly object: JsonObject } | Rejection {
  if (bytes === null || bytes.length === 0) return reject('NOT_JSON', 'found no value; a JSON object is needed.');
  if (!isUtf8(bytes))
    return reject('NOT_JSON', `found ${bytes.length} bytes that are not UTF-8; a JSON object is needed.`);
  const text = bytes.toString('utf8');
  if (isNestedTooDeep(text)) return tooDeep();
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? { object: value } : notAnObject(value);
  } catch (error) {
    return reject(
      'NOT_JSON',
      `found ${bytes.length} bytes that are not JSON${positionIn(error)}; a JSON object is needed.`,
    );
  }
}

export function notAnObject(value: unknown): Rejection {
  const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
  return reject('NOT_JSON', `found ${found}; a JSON object is needed.`);
}

export function tooDeep(): Rejection {
  return reject('TOO_DEEP', `found more than ${MOST_JSON_DEPTH} levels of arrays and objects; so many are allowed.`);
}

/** V8 says where it stopped, and quotes what stands there; only the place is passed on. */
function positionIn(error: unknown): string {
  const position = /at position (\d+)/.exec(String(error))?.[1];
  return position === undefined ? '' : ` (see position ${position})`;
}
