import {
  createProjector,
  outcomeProjection,
  type KnownEvent,
  type Outcome,
  type OutcomeOf,
  type Projector,
} from '@millrace/features';
import type { Plan } from '@millrace/pipeline';
import {
  ANSWERED_ELSEWHERE,
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
  type SeenRequest,
  type StageEvent,
  type StageRecord,
  type StageRequest,
} from '@millrace/records';

/**
 * What an event leads to. `all`: updates and requests for the keyed stages, and an outcome. `updates`: those alone. `refill`: updates,
 * and of a request its id. The other kinds are for an event that another feature set answers (`handover/plan-switch.ts`).
 */
export type EventUse = 'all' | 'updates' | 'refill';

/** Everything that a good event leads to. */
export class EventOutputs {
  readonly #plan: Plan;
  readonly #projector: Projector;
  readonly #outcomeOf: OutcomeOf;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#projector = createProjector(plan);
    this.#outcomeOf = outcomeProjection(plan);
  }

  /** @throws AppError `KEY_TOO_LARGE`, `EXPRESSION_FAILED` */
  of(event: KnownEvent, trace: RecordTrace | undefined, use: EventUse = 'all'): readonly OutboundRecord[] {
    const traced = traceHeaders(trace);
    const known = this.#projections(event, use === 'all' ? traced : [...traced, ANSWERED_ELSEWHERE], use);
    const outcome = this.#outcomeOf(event);
    return outcome === null || use !== 'all' ? known : [...known, ...this.#outcome(outcome, event, traced)];
  }

  #projections(event: KnownEvent, headers: readonly Header[], use: EventUse): OutboundRecord[] {
    const { partitions } = this.#plan.topics;
    // the same request goes to several stages
    let encoded: { readonly record: StageRecord; readonly value: Buffer } | null = null;
    return this.#projector.project(event).flatMap(({ topic, key, placedBy, record }) => {
      const wanted = use === 'all' ? record : heldBack(record, use);
      if (wanted === null) return [];
      if (encoded?.record !== wanted) encoded = { record: wanted, value: encodeStageRecord(wanted) };
      return [{ topic, partition: partitionOf(placedBy, partitions), key, value: encoded.value, headers }];
    });
  }

  /** For the monitor's join, and as JSON for users. */
  #outcome(
    { id, key, label }: Outcome,
    { id: eventId, at, origin, attempts }: KnownEvent,
    traced: readonly Header[],
  ): readonly OutboundRecord[] {
    const { name, names, topics } = this.#plan;
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
        value: encodeOutcomesRecord({ kind: 'outcome', id, key, at, label, origin, attempts }),
        headers: traced,
      },
      {
        topic: names.outcomes,
        partition,
        key,
        value: JSON.stringify({ id, key, time: rfc3339(at), label }),
        headers,
      },
    ];
  }
}

function heldBack(record: StageEvent | StageRequest, use: EventUse): StageEvent | SeenRequest | null {
  if (record.kind === 'event') return record;
  if (use !== 'refill' || record.assembly === null) return null;
  const { id, origin, attempts } = record;
  return { kind: 'seen', id, origin, attempts };
}
