import { AppError } from '@millrace/core';
import type { EventPayload } from '@millrace/pipeline';

/** Keys are record keys, and are held once per key in memory; ids travel through every topic. */
const MOST_KEY_BYTES = 1024;

/**
 * The key of a keyed stage: the field as text, or a JSON array of all of them. Null where one of them is null or
 * absent: such an event is in no window of the stage, such a request sees empty ones.
 *
 * @throws AppError `KEY_TOO_LARGE`
 */
export function stageKey(by: readonly string[], payload: EventPayload): string | null {
  const key = by.length === 1 ? keyOfOne(payload[by[0] as string] ?? null) : keyOfAll(by, payload);
  if (key !== null && isTooLarge(key)) throw tooLarge(by, key);
  return key;
}

/** The text of one field as a key, however long; null where it is null. */
export function keyOfOne(field: unknown): string | null {
  return field === null ? null : keyText(field);
}

function keyOfAll(by: readonly string[], payload: EventPayload): string | null {
  const fields = by.map((field) => payload[field] ?? null);
  return fields.includes(null) ? null : JSON.stringify(fields);
}

/** Whether a text is larger than a key or an id may be. */
export function isTooLarge(text: string): boolean {
  // no UTF-16 code unit takes more than three bytes
  return text.length * 3 > MOST_KEY_BYTES && Buffer.byteLength(text) > MOST_KEY_BYTES;
}

/** What to say of an event with an id that is too large. */
export function idTooLarge(type: string, id: string): string {
  return `${type}: found an id of ${Buffer.byteLength(id)} bytes, ${MOST_KEY_BYTES} are allowed.`;
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
