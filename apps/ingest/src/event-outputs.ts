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

/** Everything that a good event leads to: updates and requests for the keyed stages, and an outcome. */
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
  of(event: KnownEvent, trace: RecordTrace | undefined): readonly OutboundRecord[] {
    const traced = traceHeaders(trace);
    const known = this.#projections(event, traced);
    const outcome = this.#outcomeOf(event);
    return outcome === null ? known : [...known, ...this.#outcome(outcome, event, traced)];
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
