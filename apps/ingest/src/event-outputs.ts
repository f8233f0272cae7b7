import { AppError } from '@millrace/core';
import { createProjector, stageKey, type KnownEvent, type Projector } from '@millrace/features';
import type { OutcomePlan, Plan } from '@millrace/pipeline';
import {
  cloudEventHeaders,
  encodeOutcomesRecord,
  encodeStageRecord,
  eventKeyPartition,
  partitionOf,
  rfc3339,
  traceHeaders,
  type Header,
  type OutboundRecord,
  type RecordTrace,
  type StageRecord,
} from '@millrace/records';

import { idText } from './decode/event-decoder.ts';

/** Everything that a good event leads to: updates and requests for the keyed stages, and an outcome. */
export class EventOutputs {
  readonly #plan: Plan;
  readonly #projector: Projector;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#projector = createProjector(plan);
  }

  /** @throws AppError `KEY_TOO_LARGE`, `EXPRESSION_FAILED` */
  of(event: KnownEvent, trace: RecordTrace | undefined): readonly OutboundRecord[] {
    const traced = traceHeaders(trace);
    const { outcome } = this.#plan;
    const known = this.#projections(event, traced);
    return outcome?.from === event.type ? [...known, ...this.#outcome(outcome, event, traced)] : known;
  }

  #projections(event: KnownEvent, headers: readonly Header[]): OutboundRecord[] {
    const { partitions } = this.#plan.topics;
    // the same request goes to several stages
    let encoded: { readonly record: StageRecord; readonly value: Buffer } | null = null;
    return this.#projector.project(event).map(({ topic, key, placedBy, record }) => {
      if (encoded?.record !== record) encoded = { record, value: encodeStageRecord(record) };
      return { topic, partition: partitionOf(placedBy, partitions), key, value: encoded.value, headers };
    });
  }

  /** For the monitor's join, and as JSON for users; none where the label or the id is null. */
  #outcome(
    { id: field, label }: OutcomePlan,
    { id: eventId, at, payload, origin, attempts }: KnownEvent,
    traced: readonly Header[],
  ): readonly OutboundRecord[] {
    const { name, names, predict, topics } = this.#plan;
    const id = idText(payload[field]);
    const value = labelNumber(label.evaluate(payload));
    if (id === null || value === null) return [];
    const key = stageKey([predict.key], payload);
    const partition = eventKeyPartition(key, id, topics.partitions);
    const headers = [
      ...cloudEventHeaders({ type: 'millrace.outcome', source: `/millrace/${name}`, id: eventId, atMs: at }),
      ...traced.filter(([header]) => header !== 'ce_id'),
    ];
    return [
      {
        topic: names.joinOutcomes,
        partition,
        key,
        value: encodeOutcomesRecord({ kind: 'outcome', id, key, at, label: value, origin, attempts }),
        headers: traced,
      },
      {
        topic: names.outcomes,
        partition,
        key,
        value: JSON.stringify({ id, key, time: rfc3339(at), label: value }),
        headers,
      },
    ];
  }
}

/** True and false are 1 and 0. */
function labelNumber(value: number | string | boolean | null): number | null {
  if (value === null) return null;
  const number = typeof value === 'string' ? Number.NaN : Number(value);
  if (Number.isFinite(number)) return number;
  throw new AppError(
    'EXPRESSION_FAILED',
    `outcome.label gives ${JSON.stringify(value)}; true, false or a finite number is needed.`,
  );
}
