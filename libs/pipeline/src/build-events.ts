import { messageOf } from '@millrace/core';
import type { AnySchemaObject } from 'ajv/dist/2020.js';

import { EventSchema } from './event-schema.ts';
import type { FieldType } from './field-type.ts';
import { hiddenNames, type HiddenNames } from './hidden-fields.ts';
import type { EventEntry, EventsSection } from './pipeline-file.ts';
import { EVENT_OPTIONS } from './pipeline-schema.ts';
import type { EventPayload, EventPlan } from './plan.ts';
import type { Problems } from './problems.ts';

/** An event type and what is known of its fields; null where its schema could not be read. */
export interface LoadedEvent {
  readonly plan: EventPlan;
  readonly fields: ReadonlyMap<string, FieldType> | null;
}

/** Reads a file relative to the pipeline file's folder. */
export type ReadText = (path: string) => Promise<string>;

/** The event types in the order of the file, by name. */
export async function buildEvents(
  section: EventsSection | undefined,
  read: ReadText,
  problems: Problems,
): Promise<ReadonlyMap<string, LoadedEvent>> {
  const hidden = hiddenNames(section);
  const events = new Map<string, LoadedEvent>();
  for (const [type, entry] of Object.entries(section ?? {})) {
    if (!EVENT_OPTIONS.includes(type) && entry !== undefined)
      events.set(type, await loadEvent(type, events.size, entry as EventEntry, hidden, read, problems));
  }
  if (section !== undefined && Object.keys(section).every((key) => EVENT_OPTIONS.includes(key)))
    problems.addAtKey(['events'], { found: 'no event type', allowed: 'at least one' });
  return events;
}

async function loadEvent(
  type: string,
  index: number,
  entry: EventEntry,
  hidden: HiddenNames,
  read: ReadText,
  problems: Problems,
): Promise<LoadedEvent> {
  const schema = entry.schema === undefined ? null : await readSchema(type, entry.schema, hidden, read, problems);
  const fields = schema && behindIngest(schema.fields, hidden.pseudonyms);
  const id = header(entry.id, 'ce_id', fields);
  const time = header(entry.time, 'ce_time', fields);
  if (fields !== null && id !== null)
    checkField(['events', type, 'id'], id, fields, ['string', 'int', 'dyn'], 'a field of text or integers', problems);
  if (fields !== null && time !== null)
    checkField(
      ['events', type, 'time'],
      time,
      fields,
      ['string', 'int', 'dyn'],
      'a field with RFC 3339 text or epoch milliseconds',
      problems,
    );
  const types = schema?.types ?? new Map<string, readonly string[]>();
  const violation = (payload: EventPayload): string | null => schema?.violation(payload) ?? null;
  return { plan: { type, index, id, time, types, schema: schema?.schema ?? {}, violation }, fields };
}

/** A pseudonym is text, whatever the event has. */
function behindIngest(
  fields: ReadonlyMap<string, FieldType>,
  pseudonyms: readonly string[],
): ReadonlyMap<string, FieldType> {
  const replaced = pseudonyms.flatMap((name) => {
    const field = fields.get(name);
    return field ? [[name, { cel: 'string', nullable: field.nullable, pseudonym: true }] as const] : [];
  });
  return new Map([...fields, ...replaced]);
}

async function readSchema(
  type: string,
  path: string,
  { sensitive, pseudonyms }: HiddenNames,
  read: ReadText,
  problems: Problems,
): Promise<EventSchema | null> {
  const at = ['events', type, 'schema'];
  let text: string;
  try {
    text = await read(path);
  } catch {
    problems.add(at, {
      found: `${path}, which cannot be read`,
      allowed: 'the path of a JSON Schema, relative to this file',
    });
    return null;
  }
  const schema = parsed(text);
  if (schema === null) {
    problems.add(at, { found: `${path}, which is not JSON`, allowed: 'a JSON Schema of 2020-12' });
    return null;
  }
  try {
    return new EventSchema(schema, [...sensitive, ...pseudonyms]);
  } catch (error) {
    problems.add(at, {
      found: `${path}, which is no JSON Schema (${messageOf(error)})`,
      allowed: 'a JSON Schema of 2020-12',
    });
    return null;
  }
}

/** What V8 says of broken JSON quotes it, and the path may lead to a file that is nobody's schema. */
function parsed(text: string): AnySchemaObject | null {
  try {
    return JSON.parse(text) as AnySchemaObject;
  } catch {
    return null;
  }
}

/** The field, or null for CloudEvents' header. */
function header(
  name: string | undefined,
  otherwise: string,
  fields: ReadonlyMap<string, FieldType> | null,
): string | null {
  return name === undefined || (name === otherwise && fields?.has(name) !== true) ? null : name;
}

function checkField(
  path: readonly string[],
  name: string,
  fields: ReadonlyMap<string, FieldType>,
  types: readonly FieldType['cel'][],
  allowed: string,
  problems: Problems,
): void {
  const field = fields.get(name);
  if (field === undefined) problems.add(path, unknownField(name, fields));
  else if (!types.includes(field.cel)) problems.add(path, { found: `${name}, of type ${field.cel}`, allowed });
}

/** What to say of a field that an event does not have. */
export function unknownField(
  name: string,
  fields: ReadonlyMap<string, FieldType>,
): { found: string; allowed: string; names: Iterable<string>; name: string } {
  return { found: `unknown field ${name}`, allowed: [...fields.keys()].join(', '), names: fields.keys(), name };
}
