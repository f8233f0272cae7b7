import { AppError } from '@millrace/core';
import { PSEUDONYM_KEY, PSEUDONYM_KEY_WANTED, type EventPayload, type Plan } from '@millrace/pipeline';

interface IdentifiedEvent {
  readonly id: string;
  readonly payload: EventPayload;
}

/**
 * Puts pseudonyms in place of the fields that `events.pseudonyms` names, and of the id where it is one of them: what comes
 * of the event has nothing else of these.
 *
 * @param idField the field that the id is from; null: a header
 */
export type Pseudonymise = <Event extends IdentifiedEvent>(event: Event, idField: string | null) => Event;

/**
 * The same for ingest and offline, for events that have passed all checks.
 *
 * @throws AppError `CONFIG_INVALID` where the plan wants pseudonyms and was loaded without a key
 */
export function pseudonymiser({ pseudonyms: { fields, of } }: Pick<Plan, 'pseudonyms'>): Pseudonymise {
  if (fields.length === 0) return (event) => event;
  if (of === null)
    throw new AppError(
      'CONFIG_INVALID',
      `${PSEUDONYM_KEY}: found nothing, and events.pseudonyms names ${fields.join(', ')}; ${PSEUDONYM_KEY_WANTED}`,
    );
  return (event, idField) => {
    const payload: Record<string, unknown> = { ...event.payload };
    for (const field of fields) {
      const value = payload[field] ?? null;
      if (value !== null) payload[field] = isText(value) ? of(String(value)) : null;
    }
    const id = idField !== null && fields.includes(idField) ? of(event.id) : event.id;
    return { ...event, id, payload };
  };
}

/** A whole number is its digits: 7 and "7" are the same one. Anything else is in a type that does not declare the field. */
function isText(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isInteger(value);
}
