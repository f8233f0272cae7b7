import { AppError } from '@millrace/core';
import type { EventPayload } from '@millrace/pipeline';

/** Keys are record keys, and are held once per key in memory. */
const MOST_KEY_BYTES = 1024;

/**
 * The key of a keyed stage: the field as text, or a JSON array of all of them. Null where one of them is null or
 * absent: such an event is in no window of the stage, such a request sees empty ones.
 *
 * @throws AppError `KEY_TOO_LARGE`
 */
export function stageKey(by: readonly string[], payload: EventPayload): string | null {
  const fields = by.map((field) => payload[field] ?? null);
  if (fields.includes(null)) return null;
  const key = fields.length === 1 ? keyText(fields[0]) : JSON.stringify(fields);
  // no UTF-16 code unit takes more than three bytes
  if (key.length * 3 > MOST_KEY_BYTES && Buffer.byteLength(key) > MOST_KEY_BYTES) throw tooLarge(by, key);
  return key;
}

function keyText(field: unknown): string {
  return typeof field === 'object' ? JSON.stringify(field) : String(field);
}

function tooLarge(by: readonly string[], key: string): AppError {
  return new AppError(
    'KEY_TOO_LARGE',
    `${by.join(', ')} makes a key of ${Buffer.byteLength(key)} bytes, ${MOST_KEY_BYTES} are allowed. Key by a shorter field.`,
  );
}
