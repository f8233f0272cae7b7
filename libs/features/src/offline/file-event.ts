import { AppError } from '@millrace/core';
import { parseEventTime, type EventPayload, type EventPlan, type Plan } from '@millrace/pipeline';

import { idText } from '../projection/id-text.ts';
import type { KnownEvent } from '../projection/projection.ts';
import { pseudonymiser } from '../projection/pseudonymiser.ts';
import { idTooLarge, isTooLarge } from '../projection/stage-key.ts';

/** An event as a file holds it. */
export interface FileEvent {
  readonly type: string;
  /** Without the field `type`. */
  readonly payload: EventPayload;
  /** What a record of the log says beside the payload; a file says nothing. */
  readonly id?: unknown;
  readonly time?: unknown;
}

/** Checks events of a file as ingest checks those of a topic. */
export type FileEventReader = (event: FileEvent) => KnownEvent;

/** @throws AppError `UNKNOWN_TYPE`, `SCHEMA_VIOLATION`, `NO_ID`, `KEY_TOO_LARGE`, `NO_TIME` where ingest would make a dead letter */
export function fileEventReader(plan: Plan): FileEventReader {
  const types = new Map(plan.events.map((event) => [event.type, event]));
  const pseudonymise = pseudonymiser(plan);
  let position = 0;
  return (given) => {
    const { type, payload } = given;
    const origin = { partition: 0, offset: position++ };
    const event = types.get(type);
    if (!event)
      throw new AppError('UNKNOWN_TYPE', `found "${type}"; the pipeline file has ${[...types.keys()].join(', ')}.`);
    const violation = event.violation(payload);
    if (violation !== null) throw new AppError('SCHEMA_VIOLATION', `${type}: ${violation}.`);
    const known = {
      type,
      id: idOf(event, given),
      at: timeOf(event, given),
      payload,
      origin,
      promise: null,
      attempts: 0,
    };
    return pseudonymise(known, event.id);
  };
}

/** @throws AppError `NO_TIME` */
export function timeOf({ type, time }: EventPlan, event: Omit<FileEvent, 'type'>): number {
  const at = parseEventTime(time === null ? event.time : event.payload[time]);
  if (at !== null) return at;
  throw new AppError(
    'NO_TIME',
    `${type}: ${time === null ? 'a file has no header ce_time' : `the field ${time} must be RFC 3339 or epoch milliseconds`}.`,
  );
}

function idOf({ type, id }: EventPlan, event: Omit<FileEvent, 'type'>): string {
  const found = idText(id === null ? event.id : event.payload[id]);
  if (found === null)
    throw new AppError(
      'NO_ID',
      `${type}: ${id === null ? 'a file has no header ce_id' : `the field ${id} must be a text that is not empty, or an integer`}.`,
    );
  if (isTooLarge(found)) throw new AppError('KEY_TOO_LARGE', idTooLarge(type, found));
  return found;
}
