import type { Plan } from '@millrace/pipeline';
import { NOTHING_FOLLOWS, PLAN_NOTE, type OutboundRecord } from '@millrace/records';

import { decodeClockMarker, encodeClockMarker } from '../clocks/clock-marker.ts';
import type { ClockOutputs } from '../clocks/clock-outputs.ts';
import type { IngestTask } from '../clocks/ingest-task.ts';
import { givenOverRecord, type GivenOver } from './given-over.ts';
import type { Phase } from './phase.ts';
import type { SetNotes } from './set-notes.ts';

export interface PlanSwitchOptions {
  readonly plan: Plan;
  readonly notes: SetNotes;
  readonly outputs: ClockOutputs;
  readonly elapsed: () => number;
}

/** An input partition of this instance, and the next offset that it will take. */
export interface TaskAt {
  readonly task: IngestTask;
  readonly position: number;
}

/**
 * One feature set takes over from another, in one place of every input partition, while both run:
 *
 * 1. the new one offers on `<p>.control` (`take-over.ts`);
 * 2. the old one notes where each partition stands, and from there on sends events and clocks only, for the requests under
 *    a promise that still wait;
 * 3. when nothing waits any more, its clocks say that nothing follows: that word goes through its stages, and its monitor hands
 *    on what still waits for an outcome;
 * 4. the new one has read each partition up to that place meanwhile, and filled its windows;
 * 5. when all are filled and the old one is done in all its partitions, it goes on with the old one's clocks, and answers.
 *
 * So every request has one answer, by one set, and the order of a key is kept over the switch.
 */
export class PlanSwitch {
  readonly #options: PlanSwitchOptions;
  readonly #set: string;

  constructor(options: PlanSwitchOptions) {
    this.#options = options;
    this.#set = options.plan.featureSet;
  }

  /** As what a partition begins that was never committed. */
  begin(): Phase {
    const { notes } = this.#options;
    const takesOver = notes.running !== this.#set && notes.predecessorOf(this.#set) !== null;
    return takesOver ? 'refilling' : 'live';
  }

  /** Takes the step that is due, and says whether there was one. Between batches: the place is a position. */
  step(at: TaskAt, out: OutboundRecord[]): boolean {
    const { phase } = at.task;
    if (phase === 'live') return this.#giveOver(at, out);
    if (phase === 'giving') return this.#end(at.task, out);
    if (phase === 'refilling') return this.#noteRefilled(at, out);
    return phase === 'refilled' && this.#goLive(at.task, out);
  }

  /** Where the set before this one ends in a partition; null while that is not known. */
  place(partition: number): GivenOver | null {
    const before = this.#options.notes.predecessorOf(this.#set);
    return before === null ? null : this.#options.notes.givenOver(before, partition);
  }

  /** Until when ids must be remembered: of requests stamped later. Epoch milliseconds. */
  rememberFromMs(partition: number): number {
    const stampedMs = this.place(partition)?.stampedMs ?? null;
    return stampedMs === null ? -Infinity : stampedMs - this.#options.plan.dedupe.withinMs;
  }

  #giveOver({ task, position }: TaskAt, out: OutboundRecord[]): boolean {
    const { plan, notes } = this.#options;
    const offer = notes.offerTo(this.#set);
    if (offer === null) return false;
    const note: GivenOver = {
      to: offer.to,
      offset: position,
      stampedMs: task.stampedMs,
      untilMs: task.clock.latestMs(plan.limits.maxAheadMs),
      clock: encodeClockMarker(task.clock.state).toString('base64'),
      partitions: plan.topics.partitions,
    };
    out.push(givenOverRecord(plan.names.control, this.#set, task.clock.input, note));
    task.enter('giving');
    return true;
  }

  #end(task: IngestTask, out: OutboundRecord[]): boolean {
    const { outputs, elapsed } = this.#options;
    if (!this.#options.notes.isGivenOver(this.#set) || this.#isAwaited(task)) return false;
    const { input, state } = task.clock;
    const { first } = state;
    out.push(...outputs.of({ kind: 'clock', input, at: NOTHING_FOLLOWS, first, promise: null }));
    task.clock.endPromise(elapsed()); // other instances go on without this partition
    task.enter('ended');
    return true;
  }

  /** Requests that came before the switch still wait for what this partition has to say under their promise. */
  #isAwaited({ clock }: IngestTask): boolean {
    const given = [...this.#options.notes.allGivenOver(this.#set)];
    return given.some(([, note]) => {
      const { promise } = clockOf(note);
      if (promise === null || !promise.partitions.includes(clock.input)) return false;
      if (clock.promise?.id !== promise.id) return !clock.hasMet(promise.id);
      const under = given.filter(([partition]) => promise.partitions.includes(partition));
      return clock.promise.before < Math.max(...under.map(([, { untilMs }]) => untilMs ?? -Infinity));
    });
  }

  #noteRefilled({ task, position }: TaskAt, out: OutboundRecord[]): boolean {
    const { names } = this.#options.plan;
    const place = this.place(task.clock.input);
    if (place === null) return false;
    task.ceilingMs ??= ceilingOf(place);
    if (position < place.offset) return false;
    const key = PLAN_NOTE.refilled(this.#set, task.clock.input);
    out.push({ topic: names.control, partition: 0, key, value: JSON.stringify({ offset: place.offset }) });
    task.enter('refilled');
    return true;
  }

  #goLive(task: IngestTask, out: OutboundRecord[]): boolean {
    const { plan, notes, elapsed } = this.#options;
    const before = notes.predecessorOf(this.#set);
    const place = this.place(task.clock.input);
    if (before === null || place === null) return false;
    if (!notes.isRefilled(this.#set) || notes.drained(before) < (place.partitions ?? plan.topics.partitions))
      return false;
    task.clock.goOnFrom(clockOf(place), elapsed());
    task.enter('live');
    const value = JSON.stringify({ feature_set: this.#set });
    out.push({ topic: plan.names.control, partition: 0, key: PLAN_NOTE.running, value });
    return true;
  }
}

function clockOf({ clock }: GivenOver) {
  return decodeClockMarker(Buffer.from(clock, 'base64'));
}

/** Null where the old clock had nothing to go by. */
function ceilingOf(note: GivenOver): number | null {
  const { promise, tick } = clockOf(note);
  return promise?.before ?? tick;
}
