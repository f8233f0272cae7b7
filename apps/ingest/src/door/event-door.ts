import { AppError, isAppError, type Clock, type ErrorCode } from '@millrace/core';
import { stageKey } from '@millrace/features';
import type { Plan } from '@millrace/pipeline';
import { BODY_BYTES, decodeContent, type ApiKeys, type KeyHolder } from '@millrace/platform';
import {
  eventKeyPartition,
  isRejection,
  reject,
  type Header,
  type OutboundRecord,
  type Rejection,
} from '@millrace/records';

import { EventDecoder, type DecodedEvent } from '../decode/event-decoder.ts';
import { timeAhead } from '../decode/time-ahead.ts';
import type { DoorItem, DoorRequest } from './door-item.ts';
import type { EventsTopic } from './events-topic.ts';
import { parseBody } from './parse-body.ts';

/** Bytes that wait for the log's acknowledgement; more are turned away. */
const MOST_WAITING_BYTES = 64 << 20;
/** What is wrong with a request's only event says it all. */
const OF_THE_REQUEST: readonly ErrorCode[] = ['TOO_LARGE', 'FORBIDDEN'];
/** W3C Trace Context, level 1. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

export interface EventDoorOptions {
  readonly plan: Plan;
  readonly topic: Pick<EventsTopic, 'partitions' | 'publish'>;
  readonly keys: ApiKeys;
  readonly clock: Clock;
  readonly mostWaitingBytes?: number;
  /** Is told how each request ended: `OK`, or a code of the error table. */
  readonly onAnswered?: (code: ErrorCode | 'OK', tookMs: number) => void;
}

export interface DoorAnswer {
  /** Ids of the events that the log has acknowledged, in their order. */
  readonly accepted: readonly string[];
  readonly errors: readonly ItemError[];
}

/** An event of the request that was refused. */
export interface ItemError {
  /** Its place in the request, from 0. */
  readonly index: number;
  readonly id: string | null;
  readonly code: ErrorCode;
  readonly detail: string;
}

interface AcceptedItem {
  readonly kind: 'accepted';
  readonly id: string;
  readonly record: OutboundRecord;
}

/** Events by HTTP: checked as ingest will check them, and answered once the log has them. */
export class EventDoor {
  readonly #plan: Plan;
  readonly #topic: EventDoorOptions['topic'];
  readonly #keys: ApiKeys;
  readonly #clock: Clock;
  readonly #decoder: EventDecoder;
  readonly #mostWaitingBytes: number;
  readonly #onAnswered: NonNullable<EventDoorOptions['onAnswered']>;
  #waitingBytes = 0;

  constructor(options: EventDoorOptions) {
    const { plan, topic, keys, clock, mostWaitingBytes = MOST_WAITING_BYTES, onAnswered = () => undefined } = options;
    this.#plan = plan;
    this.#topic = topic;
    this.#keys = keys;
    this.#clock = clock;
    this.#decoder = new EventDecoder(plan);
    this.#mostWaitingBytes = mostWaitingBytes;
    this.#onAnswered = onAnswered;
  }

  /**
   * Good events are accepted whatever is wrong with others.
   *
   * @throws AppError `UNAUTHORIZED`, `RATE_EXCEEDED`, `UNSUPPORTED_MEDIA_TYPE`, `BODY_UNPARSEABLE`, `BODY_TOO_LARGE`, `TOO_LARGE`
   *   and `FORBIDDEN` for a single event, `TOO_MANY_REQUESTS`, and what the log throws
   */
  async accept(request: DoorRequest): Promise<DoorAnswer> {
    const begunAt = this.#clock.elapsed();
    const answered = (code: ErrorCode | 'OK'): void => this.#onAnswered(code, this.#clock.elapsed() - begunAt);
    try {
      const answer = await this.#accept(request);
      answered(answer.errors.length === 0 ? 'OK' : 'EVENTS_REFUSED');
      return answer;
    } catch (error) {
      answered(isAppError(error) ? error.code : 'SERVICE_FAILED');
      throw error;
    }
  }

  async #accept(request: DoorRequest): Promise<DoorAnswer> {
    const { headers } = request;
    const holder = this.#keys.admit(headers['authorization']);
    const body = await decodeContent(request.body, headers['content-encoding'], BODY_BYTES);
    const items = parseBody({ body, headers });
    const partitions = await this.#topic.partitions();
    const traced = traceHeader(request);
    const checked = items.map((item) => this.#check(item, traced, partitions, holder));
    const accepted = checked.filter((item) => item.kind === 'accepted');
    const errors = checked.flatMap((item, index) =>
      isRejection(item) ? [this.#error(item, index, items[index] as DoorItem)] : [],
    );
    const [first] = errors;
    if (items.length === 1 && first && OF_THE_REQUEST.includes(first.code))
      throw new AppError(first.code, first.detail);
    await this.#publish(accepted, body.length);
    return { accepted: accepted.map(({ id }) => id), errors };
  }

  async #publish(accepted: readonly AcceptedItem[], bytes: number): Promise<void> {
    if (accepted.length === 0) return;
    if (this.#waitingBytes > 0 && this.#waitingBytes + bytes > this.#mostWaitingBytes)
      throw new AppError('TOO_MANY_REQUESTS', 'the log is slower than what comes in; send again in a while.');
    this.#waitingBytes += bytes;
    try {
      await this.#topic.publish(accepted.map(({ record }) => record));
    } finally {
      this.#waitingBytes -= bytes;
    }
  }

  #check(
    { envelope, value, headers }: DoorItem,
    traced: readonly Header[],
    partitions: number,
    holder: KeyHolder,
  ): AcceptedItem | Rejection {
    const bytes = typeof value === 'string' ? Buffer.byteLength(value) : value.length;
    const decoded = this.#decoder.tooLarge(bytes) ?? forbidden(envelope, holder) ?? this.#decoder.check(envelope);
    if (isRejection(decoded)) return decoded;
    if (decoded.kind === 'watermark')
      return reject('BAD_WATERMARK', 'watermarks name partitions and go to the topic itself.');
    const ahead = timeAhead(
      decoded.at,
      { ms: this.#clock.now(), what: "ingest's clock" },
      this.#plan.limits.maxAheadMs,
    );
    if (ahead) return ahead;
    const key = this.#keyOf(decoded);
    if (isRejection(key)) return key;
    const partition = eventKeyPartition(key.text, decoded.id, partitions);
    const record = {
      topic: this.#plan.names.events,
      partition,
      key: key.text,
      value,
      headers: [...headers, ...traced],
    };
    return { kind: 'accepted', id: decoded.id, record };
  }

  #keyOf({ payload }: DecodedEvent): { readonly kind?: undefined; readonly text: string | null } | Rejection {
    try {
      return { text: stageKey([this.#plan.predict.key], payload) };
    } catch (error) {
      if (isAppError(error, 'KEY_TOO_LARGE')) return reject(error.code, error.detail);
      throw error;
    }
  }

  #error({ code, reason }: Rejection, index: number, { envelope }: DoorItem): ItemError {
    return { index, id: isRejection(envelope) ? null : this.#decoder.idOf(envelope), code, detail: reason };
  }
}

/** Before the event is checked: who may not send it learns nothing of its schema. */
function forbidden(envelope: DoorItem['envelope'], holder: KeyHolder): Rejection | null {
  const types = holder.eventTypes;
  if (isRejection(envelope) || types === null || types.includes(envelope.type)) return null;
  return reject('FORBIDDEN', `found an event of another type than this key may send: ${types.join(', ') || 'none'}.`);
}

/** A trace that the caller has begun goes on through the topic. */
function traceHeader({ headers }: DoorRequest): readonly Header[] {
  const { traceparent } = headers;
  return traceparent !== undefined && TRACEPARENT.test(traceparent) ? [['traceparent', Buffer.from(traceparent)]] : [];
}
