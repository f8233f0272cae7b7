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
  NO_HEADERS,
  partitionOf,
  rfc3339,
  traceHeaders,
  type Headers,
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
    const known = this.#projections(event, traced, use);
    const outcome = this.#outcomeOf(event);
    return outcome === null || use !== 'all' ? known : [...known, ...this.#outcome(outcome, event, traced)];
  }

  /**
   * The trace goes with the last of them, which of a request is the one that its vector comes from: a span for each of an
   * event's keys took `feature` as long as a tenth of its work, and said of all but one what lag per topic says.
   */
  #projections(event: KnownEvent, traced: Headers, use: EventUse): OutboundRecord[] {
    const { partitions } = this.#plan.topics;
    const headers = use === 'all' ? NO_HEADERS : [ANSWERED_ELSEWHERE];
    // the same request goes to several stages
    let encoded: { readonly record: StageRecord; readonly value: Buffer } | null = null;
    const records = this.#projector.project(event).flatMap(({ topic, key, placedBy, record }): OutboundRecord[] => {
      const wanted = use === 'all' ? record : heldBack(record, use);
      if (wanted === null) return [];
      if (encoded?.record !== wanted) encoded = { record: wanted, value: encodeStageRecord(wanted) };
      return [{ topic, partition: partitionOf(placedBy, partitions), key, value: encoded.value, headers }];
    });
    const last = records.at(-1);
    return last && traced.length > 0
      ? [...records.slice(0, -1), { ...last, headers: [...traced, ...headers] }]
      : records;
  }

  /** For the monitor's join, and as JSON for users. */
  #outcome(
    { id, key, label }: Outcome,
    { id: eventId, at, origin, attempts }: KnownEvent,
    traced: Headers,
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
