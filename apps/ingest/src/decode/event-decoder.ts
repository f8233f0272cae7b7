import { idText, idTooLarge, isTooLarge, pseudonymiser, type Pseudonymise } from '@millrace/features';
import { parseEventTime, type EventPayload, type EventPlan, type Plan } from '@millrace/pipeline';
import {
  isRejection,
  openEvent,
  reject,
  type EventEnvelope,
  type InboundRecord,
  type Rejection,
} from '@millrace/records';

import { parseWatermark, WATERMARK_TYPE, type Watermark } from './watermark.ts';

/** An event that fits its schema and has an id and a time; with pseudonyms in place of the fields that have some. */
export interface DecodedEvent {
  readonly kind: 'event';
  readonly plan: EventPlan;
  readonly id: string;
  /** Event time, epoch milliseconds. */
  readonly at: number;
  readonly payload: EventPayload;
}

export type Decoded = DecodedEvent | Watermark | Rejection;

/**
 * What a record of `<p>.events` says, checked as far as the record alone tells. Each record is decoded once, however often
 * it is asked for.
 */
export class EventDecoder {
  readonly #events: ReadonlyMap<string, EventPlan>;
  readonly #maxBytes: number;
  readonly #pseudonymise: Pseudonymise;
  readonly #decoded = new WeakMap<InboundRecord, Decoded>();

  /** @throws AppError `CONFIG_INVALID` where the plan lacks the key for its pseudonyms */
  constructor(plan: Plan) {
    const { events, limits } = plan;
    this.#pseudonymise = pseudonymiser(plan);
    this.#events = new Map(events.map((event) => [event.type, event]));
    this.#maxBytes = limits.maxBytes;
  }

  decode(record: InboundRecord): Decoded {
    const known = this.#decoded.get(record);
    if (known) return known;
    const decoded = this.tooLarge(record.value?.length ?? 0) ?? this.check(openEvent(record));
    this.#decoded.set(record, decoded);
    return decoded;
  }

  tooLarge(bytes: number): Rejection | null {
    if (bytes <= this.#maxBytes) return null;
    return reject('TOO_LARGE', `found ${bytes} bytes, events.max_bytes allows ${this.#maxBytes}.`);
  }

  check(envelope: EventEnvelope | Rejection): Decoded {
    if (isRejection(envelope)) return envelope;
    if (envelope.type === WATERMARK_TYPE) return parseWatermark(envelope.payload);
    const plan = this.#events.get(envelope.type);
    return plan ? this.#event(plan, envelope) : this.#unknown(envelope.type);
  }

  /** The id that an event would have, good or not; null without one. */
  idOf({ type, id, payload }: EventEnvelope): string | null {
    const field = this.#events.get(type)?.id;
    const found = idText(field == null ? id : payload[field]);
    return found && this.#pseudonymise({ id: found, payload }, field ?? null).id;
  }

  #event(plan: EventPlan, envelope: EventEnvelope): DecodedEvent | Rejection {
    const event = checkEvent(plan, envelope);
    return isRejection(event) ? event : this.#pseudonymise(event, plan.id);
  }

  #unknown(type: string): Rejection {
    const found = type.length > 100 ? `${type.slice(0, 100)}…` : type;
    return reject(
      'UNKNOWN_TYPE',
      `found the type ${JSON.stringify(found)}; the pipeline file has ${[...this.#events.keys()].join(', ')}.`,
    );
  }
}

function checkEvent(plan: EventPlan, { id: ceId, time: ceTime, payload }: EventEnvelope): DecodedEvent | Rejection {
  const violation = plan.violation(payload);
  if (violation !== null) return reject('SCHEMA_VIOLATION', `${plan.type}: ${violation}.`);
  const id = idText(plan.id === null ? ceId : payload[plan.id]);
  if (id === null)
    return reject(
      'NO_ID',
      `${plan.type}: ${plan.id === null ? 'the header ce_id' : `the field ${plan.id}`} must be a text that is not empty, or an integer.`,
    );
  if (isTooLarge(id)) return reject('KEY_TOO_LARGE', idTooLarge(plan.type, id));
  const at = parseEventTime(plan.time === null ? ceTime : payload[plan.time]);
  if (at === null)
    return reject(
      'NO_TIME',
      `${plan.type}: ${plan.time === null ? 'the header ce_time' : `the field ${plan.time}`} must be a time: RFC 3339 with a zone, or epoch milliseconds.`,
    );
  return { kind: 'event', plan, id, at, payload };
}
