import { isAppError } from '@millrace/core';
import { stageKey } from '@millrace/features';
import { parseEventTime, type EventPlan, type Plan } from '@millrace/pipeline';
import { eventKeyPartition, type OutboundRecord } from '@millrace/records';

import type { EventLine } from '../events/event-line.ts';

/** An event as it goes to `<p>.events`. */
export interface EventToSend {
  readonly record: OutboundRecord;
  /** Event time, epoch milliseconds; null where it has none (it becomes a dead letter). */
  readonly at: number | null;
  readonly isRequest: boolean;
}

/** Makes records of events: keyed and placed by `predict.key`, or without a key by their id. */
export class EventRecords {
  readonly #plan: Plan;
  readonly #partitions: number;
  readonly #types: ReadonlyMap<string, EventPlan>;

  constructor(plan: Plan, partitions: number) {
    this.#plan = plan;
    this.#partitions = partitions;
    this.#types = new Map(plan.events.map((event) => [event.type, event]));
  }

  of({ type, payload, line, raw }: EventLine): EventToSend {
    const { names, predict } = this.#plan;
    const known = this.#types.get(type);
    const id = known?.id == null ? undefined : payload[known.id];
    const key = keyOf(predict.key, payload);
    const partition = eventKeyPartition(key, String(id ?? line), this.#partitions);
    return {
      record: { topic: names.events, partition, key, value: raw ?? JSON.stringify({ type, ...payload }) },
      at: known?.time == null ? null : parseEventTime(payload[known.time]),
      isRequest: type === predict.on,
    };
  }
}

function keyOf(field: string, payload: EventLine['payload']): string | null {
  try {
    return stageKey([field], payload);
  } catch (error) {
    if (isAppError(error, 'KEY_TOO_LARGE')) return null; // ingest refuses it with its reason
    throw error;
  }
}
