import { AppError } from '@millrace/core';
import { pseudonymiser, type Pseudonymise } from '@millrace/features';
import type { EventPlan, Plan } from '@millrace/pipeline';
import { cloudEventHeaders, rfc3339, type OutboundRecord } from '@millrace/records';

import type { EventLine } from '../events/event-line.ts';
import { EventRecords } from '../replay/event-record.ts';

/** An event of the file as this run sends it. */
export interface OwnEvent {
  readonly record: OutboundRecord;
  /** What a prediction of it is known by. */
  readonly id: string;
  readonly isRequest: boolean;
}

/** Whole numbers above all that people give out, and below 2^53. */
const NUMBERS_PER_MS = 1000;

/**
 * Gives events ids of their own and the time at which they are due, so that none is a resend of an earlier one. What an
 * outcome says of its request is changed alike: the two still join. All go out as CloudEvents in binary mode, whose
 * `ce_id` stays with an event whatever becomes of it.
 */
export class OwnEvents {
  readonly #plan: Plan;
  readonly #run: string;
  readonly #records: EventRecords;
  readonly #types: ReadonlyMap<string, EventPlan>;
  readonly #pseudonymise: Pseudonymise;
  readonly #checked = new Set<string>();
  /** Ids that are numbers, of this time through the file. */
  readonly #numbers = new Map<unknown, number>();
  #nextNumber: number;
  #loop = 0;
  /** CloudEvents' source of all of them. */
  readonly ceSource: string;

  /**
   * @param run tells this run's ids from those of any other
   * @throws AppError `CONFIG_INVALID` where the plan lacks the key for its pseudonyms
   */
  constructor(plan: Plan, partitions: number, run: string, nowMs: number) {
    this.#plan = plan;
    this.#run = run;
    this.ceSource = `/millrace/${plan.name}/bench/${run}`;
    this.#records = new EventRecords(plan, partitions);
    this.#pseudonymise = pseudonymiser(plan);
    this.#types = new Map(plan.events.map((event) => [event.type, event]));
    this.#nextNumber = nowMs * NUMBERS_PER_MS;
  }

  /** The file begins again: its ids are others now. */
  nextLoop(): void {
    this.#loop++;
    this.#numbers.clear();
  }

  /**
   * @param atMs event time, epoch milliseconds
   * @throws AppError `INPUT_INVALID` where the pipeline has no such type, or its schema forbids an id or time of its own
   */
  of(event: EventLine, atMs: number): OwnEvent {
    const { type, line } = event;
    const plan = this.#types.get(type);
    if (plan === undefined)
      throw new AppError(
        'INPUT_INVALID',
        `line ${line}: found the type ${type}; the pipeline file has ${[...this.#types.keys()].join(', ')}.`,
      );
    const payload = this.#stamped(plan, event.payload, atMs);
    this.#check(plan, event, payload);
    const { record, isRequest } = this.#records.of({ type, payload, line });
    const own = String(plan.id === null ? this.#ownId(`line ${line}`) : payload[plan.id]);
    const { id } = this.#pseudonymise({ id: own, payload }, plan.id);
    const headers = cloudEventHeaders({ type, source: this.ceSource, id, atMs });
    return { record: { ...record, headers }, id, isRequest };
  }

  #stamped({ type, id, time }: EventPlan, given: EventLine['payload'], atMs: number): EventLine['payload'] {
    const { outcome } = this.#plan;
    const payload: Record<string, unknown> = { ...given };
    for (const field of new Set([id, outcome?.from === type ? outcome.id : null]))
      if (field !== null && payload[field] != null) payload[field] = this.#ownId(payload[field]);
    if (time !== null) payload[time] = typeof given[time] === 'number' ? atMs : rfc3339(atMs);
    return payload;
  }

  #ownId(given: unknown): string | number {
    if (typeof given !== 'number') return `${String(given)}~${this.#run}.${this.#loop}`;
    const number = this.#numbers.get(given) ?? this.#nextNumber++;
    this.#numbers.set(given, number);
    return number;
  }

  /** The first of each type: an event that is good in the file must not become a dead letter by what is changed here. */
  #check(plan: EventPlan, { type, line, payload: given }: EventLine, payload: EventLine['payload']): void {
    if (this.#checked.has(type)) return;
    this.#checked.add(type);
    const violation = plan.violation(payload);
    if (violation === null || plan.violation(given) !== null) return;
    throw new AppError(
      'INPUT_INVALID',
      `line ${line}: the schema of ${type} does not allow an id and a time of this run (${violation}); a bench needs ids that are texts or whole numbers of any size.`,
    );
  }
}
