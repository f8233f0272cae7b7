import type { Journal } from '@millrace/core';
import type { Plan, StagePlan } from '@millrace/pipeline';
import type { Origin, StagePart } from '@millrace/records';

import type { AnswerDesk, OwnPart } from './answer-desk.ts';
import type { Out } from './emission.ts';
import { fingerprintOf } from './fingerprint.ts';
import { deleteJournaled, putJournaled } from './journaled.ts';
import { KeyQueue } from './key-queue.ts';
import type { OpenRequest, ReceivedPart } from './open-request.ts';
import type { OpenRequests } from './open-requests.ts';
import type { RecentIds } from './recent-ids.ts';
import type { Tallies } from './tallies.ts';
import { emitVector } from './vector-record.ts';

export interface AssemblerOptions {
  readonly plan: Plan;
  readonly stage: StagePlan;
  readonly partition: number;
  readonly requests: OpenRequests;
  readonly recent: RecentIds;
  readonly journal: Journal;
  readonly tallies: Tallies;
  readonly ownPart: OwnPart;
}

/**
 * Puts vectors together: holds requests in arrival order per `predict.key`, takes the other stages' parts as they come,
 * and emits what is complete, in order. Its own part is computed last, in the step that emits.
 *
 * Whether a request is a duplicate is judged in that step, too. So what is open has never been judged, and a restore
 * needs no memory of past judgements: whatever is not open was answered, and its id is remembered.
 */
export class Assembler implements AnswerDesk {
  readonly #options: AssemblerOptions;
  readonly #byOrigin = new Map<string, OpenRequest>();
  /** By predict.key, in arrival order; a request without one is alone. */
  readonly #queues = new Map<string, KeyQueue<OpenRequest>>();

  constructor(options: AssemblerOptions) {
    this.#options = options;
  }

  admit(open: OpenRequest): boolean {
    const { journal } = this.#options;
    const name = nameOf(open.request.origin);
    if (this.#byOrigin.has(name)) return false;
    putJournaled(journal, this.#byOrigin, name, open);
    this.#queue(queueOf(open)).push(open);
    return true;
  }

  answer(open: OpenRequest, out: Out): void {
    this.#drain(queueOf(open), out);
  }

  /** A part whose request is not open was answered before, or is a second one: it is ignored. */
  join(part: StagePart, out: Out): OpenRequest | undefined {
    const open = this.#byOrigin.get(nameOf(part.origin));
    if (!open || !open.request.assembly?.asked.includes(part.stage) || open.parts.has(part.stage)) return open;
    const { values, late, error } = this.#checked(part);
    putJournaled(this.#options.journal, open.parts, part.stage, { values, late, error });
    if (isComplete(open)) this.#drain(queueOf(open), out);
    return open;
  }

  /** A part that does not fit the plan is as good as none, and must not hold up its key. */
  #checked(part: StagePart): ReceivedPart {
    const expected = this.#options.plan.stages[part.stage]?.features.length ?? 0;
    if (part.error || part.values?.length === expected) return part;
    const reason = `stage ${part.stage} answered with ${part.values?.length ?? 0} values, ${expected} are expected.`;
    return { values: null, late: part.late, error: { code: 'FEATURE_FAILED', reason } };
  }

  /** Emits what stands complete at the head of the queue. */
  #drain(name: string, out: Out): void {
    const queue = this.#queue(name);
    while (queue.first && isComplete(queue.first)) {
      const complete = queue.first;
      queue.shift();
      this.#finish(complete, out);
    }
    if (!queue.first) deleteJournaled(this.#options.journal, this.#queues, name);
  }

  #queue(name: string): KeyQueue<OpenRequest> {
    const found = this.#queues.get(name);
    if (found) return found;
    const { journal } = this.#options;
    const opened = new KeyQueue<OpenRequest>(journal);
    putJournaled(journal, this.#queues, name, opened);
    return opened;
  }

  #finish(open: OpenRequest, out: Out): void {
    const { plan, stage, partition, requests, recent, journal, tallies, ownPart } = this.#options;
    const { request, timestamp, offset } = open;
    requests.close(open);
    deleteJournaled(journal, this.#byOrigin, nameOf(request.origin));
    const print = fingerprintOf(plan.predict.on, request.id, request.attempts);
    const duplicate = recent.knows(print, timestamp);
    recent.remember(print, timestamp, offset);
    if (out === null) return;
    if (duplicate) tallies.duplicates++;
    else emitVector({ plan, stage, partition, open, own: ownPart(open) }, out);
  }
}

function nameOf({ partition, offset }: Origin): string {
  return `${partition}/${offset}`;
}

function queueOf({ request }: OpenRequest): string {
  return request.predictKey === null ? `without key ${nameOf(request.origin)}` : `key ${request.predictKey}`;
}

function isComplete({ waiting, parts, request }: OpenRequest): boolean {
  return !waiting && parts.size === (request.assembly?.asked.length ?? 0);
}
