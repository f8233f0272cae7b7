import { isAppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { isRejection, reject, type InboundRecord, type OutboundRecord } from '@millrace/records';
import type { InputPartition, TakeLimits } from '@millrace/stream';

import type { ClockKeeper } from '../clocks/clock-keeper.ts';
import type { IngestTask } from '../clocks/ingest-task.ts';
import type { Decoded, EventDecoder } from '../decode/event-decoder.ts';
import { knownEvent } from '../decode/known-event.ts';
import { aheadOf, timeAhead } from '../decode/time-ahead.ts';
import type { EventOutputs } from '../event-outputs.ts';
import { takeInEventOrder } from '../take-in-event-order.ts';
import type { PlanSwitch } from './plan-switch.ts';

export interface RefillOptions {
  readonly plan: Plan;
  readonly decoder: EventDecoder;
  readonly events: EventOutputs;
  readonly clocks: ClockKeeper;
  readonly planSwitch: PlanSwitch;
  readonly elapsed: () => number;
}

/** Nobody waits for anybody: no request is asked. */
const NO_PROMISES = {
  promise: () => null,
  hasMet: () => false,
  elsewhere: () => Infinity,
  maxSkewMs: 0,
  maxAheadMs: Infinity,
};

/**
 * Reads what another feature set has answered, to fill the windows of this one: events enter them, requests are known to
 * have been answered, and nothing else comes of it. What that set refused is refused again, in silence: it has its dead letter.
 */
export class Refill {
  readonly #options: RefillOptions;

  constructor(options: RefillOptions) {
    this.#options = options;
  }

  /** Of partitions that are being refilled: nothing from where the other set ended. */
  take(inputs: readonly InputPartition[], limits: TakeLimits): readonly InboundRecord[] {
    const { planSwitch } = this.#options;
    const before = inputs.map((input) => {
      const end = planSwitch.place(input.partition)?.offset ?? 0;
      return { ...pick(input), queued: input.queued.filter(({ offset }) => offset < end) };
    });
    return takeInEventOrder(before, limits, { ...NO_PROMISES, decode: (record) => this.#withoutPromises(record) });
  }

  apply(record: InboundRecord, task: IngestTask, out: OutboundRecord[]): void {
    const { plan, decoder, events, clocks, planSwitch, elapsed } = this.#options;
    const { clock } = task;
    const decoded = decoder.decode(record);
    if (isRejection(decoded)) return;
    if (decoded.kind === 'watermark') {
      clock.watermark(decoded, elapsed());
      if (decoded.idle) clock.endPromise(elapsed());
      return;
    }
    const { maxAheadMs, retainLateMs } = plan.limits;
    const stampedMs = clocks.stamp(record);
    if (timeAhead(decoded.at, aheadOf(clock.promise?.before ?? null, stampedMs), maxAheadMs)) return;
    const isRemembered = stampedMs >= planSwitch.rememberFromMs(record.partition);
    try {
      const event = knownEvent(decoded, record, clock, retainLateMs);
      const outputs = events.of(event, record.trace, isRemembered ? 'refill' : 'updates');
      clock.observe(decoded.at, stampedMs);
      clocks.speakFirst(task, out);
      out.push(...outputs);
    } catch (error) {
      if (!isAppError(error) || error.class !== 'poison') throw error;
    }
  }

  #withoutPromises(record: InboundRecord): Decoded {
    const decoded = this.#options.decoder.decode(record);
    return decoded.kind === 'watermark' ? reject('BAD_WATERMARK', 'not asked for') : decoded;
  }
}

/** A lane's getters are not own properties. */
function pick({ topic, partition, position, lastStable, idleSinceMs }: InputPartition): Omit<InputPartition, 'queued'> {
  return { topic, partition, position, lastStable, idleSinceMs };
}
