import { createProjector, type Projector } from '@millrace/features';
import type { OutcomePlan, Plan } from '@millrace/pipeline';
import {
  encodeOutcomesRecord,
  encodeStageRecord,
  partitionOf,
  rfc3339,
  traceHeaders,
  type Headers,
  type InboundRecord,
  type OutboundRecord,
} from '@millrace/records';
import type { DecodedEvent } from './event-decoder.ts';

/** The fan-out of an event: what of it goes to which partition of which topic. */
export class EventRouter {
  readonly #plan: Plan;
  readonly #projector: Projector;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#projector = createProjector(plan);
  }

  /**
   * @param promise id of the promise that the event's partition stands under
   * @throws AppError `KEY_TOO_LARGE`, `EXPRESSION_FAILED`
   */
  route(decoded: DecodedEvent, record: InboundRecord, promise: string | null): readonly OutboundRecord[] {
    const { event, id, at, payload, attempts } = decoded;
    const origin = { partition: record.partition, offset: record.offset };
    const headers = traceHeaders(record.trace);
    const projections = this.#projector.project({ type: event.type, id, at, payload, origin, promise, attempts });
    const out = projections.map(({ topic, key, placedBy, record: projected }) =>
      this.#to(topic, key, placedBy, encodeStageRecord(projected), headers),
    );
    const { outcome } = this.#plan;
    return outcome?.from === event.type ? out.concat(this.#outcome(outcome, decoded, record, headers)) : out;
  }

  /** A label for people and one for the monitor; none where the label is null. */
  #outcome(outcome: OutcomePlan, { at, payload }: DecodedEvent, record: InboundRecord, headers: Headers): readonly OutboundRecord[] {
    const value = outcome.label.evaluate(payload);
    if (value === null) return [];
    const label = Number(value);
    const id = String(payload[outcome.id]);
    const keyValue = payload[this.#plan.predict.key];
    const key = keyValue === null || keyValue === undefined ? null : String(keyValue);
    const json = JSON.stringify({ id, key, time: rfc3339(at), label });
    const origin = { partition: record.partition, offset: record.offset };
    const row = encodeOutcomesRecord({ kind: 'outcome', id, key, at, label, origin });
    const { outcomes, joinOutcomes } = this.#plan.names;
    const jsonHeaders: Headers = [...headers, ['content-type', Buffer.from('application/json')]];
    return [this.#to(outcomes, key, key ?? id, json, jsonHeaders), this.#to(joinOutcomes, key, key ?? id, row, headers)];
  }

  #to(topic: string, key: string | null, placedBy: string, value: Buffer | string, headers: Headers): OutboundRecord {
    return { topic, partition: partitionOf(placedBy, this.#plan.topics.partitions), key, value, headers };
  }
}
