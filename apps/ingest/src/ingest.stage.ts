import { isAppError, messageOf, type Clock } from '@millrace/core';
import { timedWindow, windowGrid } from '@millrace/drift';
import type { KnownEvent } from '@millrace/features';
import type { Plan } from '@millrace/pipeline';
import {
  isRejection,
  LetterTally,
  reject,
  type DeadLetter,
  type InboundRecord,
  type OutboundRecord,
  type Rejection,
  type TopicPartition,
} from '@millrace/records';
import type { InputPartition, Stage, StageOutput, TakePolicy, TaskState, WakeResult } from '@millrace/stream';

import { ClockKeeper } from './clocks/clock-keeper.ts';
import { ClockOutputs } from './clocks/clock-outputs.ts';
import type { HeldPromise } from './clocks/clock-state.ts';
import type { IngestTask } from './clocks/ingest-task.ts';
import { SharedProgress } from './clocks/shared-progress.ts';
import { EventDecoder, type Decoded, type DecodedEvent } from './decode/event-decoder.ts';
import { attemptsOf, knownEvent } from './decode/known-event.ts';
import { aheadOf, timeAhead } from './decode/time-ahead.ts';
import { EventOutputs } from './event-outputs.ts';
import { EventTally } from './event-tally.ts';
import { PlanSwitch } from './handover/plan-switch.ts';
import { Refill } from './handover/refill.ts';
import { SetNotes } from './handover/set-notes.ts';
import type { IngestObserver } from './ingest-observer.ts';
import { takeInEventOrder } from './take-in-event-order.ts';

export interface IngestStageOptions {
  readonly plan: Plan;
  readonly clock: Clock;
  /** Records by which the stage furthest behind is behind, looked up about once a second by whoever runs the stage. */
  readonly lag?: () => number;
  /** What the other instances have noted, kept up to date by whoever runs the stage. */
  readonly progress?: SharedProgress;
  /** What is noted of feature sets that take over from one another, kept up to date likewise. */
  readonly notes?: SetNotes;
  /** Where a partition without a committed offset begins; null: where the runner's options say. */
  readonly startAt?: (partition: number) => number | null;
  readonly observer?: IngestObserver;
}

interface BatchOutput {
  readonly records: OutboundRecord[];
  readonly deadLetters: DeadLetter[];
  readonly eventTimes: number[];
}

/**
 * The first stage: what users write becomes what the keyed stages and the monitor need, in one transaction. It keeps
 * nothing but clocks. Each bad record is a dead letter and leaves its neighbours alone.
 */
export class IngestStage implements Stage {
  readonly name = 'ingest';
  readonly inputs: readonly (readonly string[])[];
  readonly growing: readonly string[];
  readonly wakeEveryMs = 1000;
  readonly #plan: Plan;
  readonly #lag: () => number;
  readonly #observer: IngestObserver;
  readonly #decoder: EventDecoder;
  readonly #events: EventOutputs;
  readonly #tally: EventTally;
  readonly #letters: LetterTally;
  readonly #progress: SharedProgress;
  readonly #clocks: ClockKeeper;
  readonly #refill: Refill;
  readonly #startAt: (partition: number) => number | null;
  #lookAgain: () => void = () => undefined;
  constructor(options: IngestStageOptions) {
    const { plan, clock, lag = () => 0, progress = new SharedProgress(), notes = new SetNotes() } = options;
    const { observer = {}, startAt = () => null } = options;
    this.inputs = [[plan.names.events]];
    this.growing = [plan.names.events];
    this.#plan = plan;
    this.#lag = lag;
    this.#observer = observer;
    this.#startAt = startAt;
    this.#decoder = new EventDecoder(plan);
    this.#events = new EventOutputs(plan);
    const grid = windowGrid(timedWindow(plan.monitor.window));
    this.#tally = new EventTally(plan, grid);
    this.#letters = new LetterTally(plan.names.counts, grid);
    this.#progress = progress;
    const elapsed = (): number => clock.elapsed();
    const outputs = new ClockOutputs(plan);
    const planSwitch = new PlanSwitch({ plan, notes, outputs, elapsed });
    this.#clocks = new ClockKeeper({ plan, clock, progress, observer, outputs, planSwitch });
    const parts = { plan, decoder: this.#decoder, events: this.#events, clocks: this.#clocks, planSwitch, elapsed };
    this.#refill = new Refill(parts);
  }

  startAt({ partition }: TopicPartition): number | null {
    return this.#startAt(partition);
  }

  open(task: readonly TopicPartition[]): TaskState {
    return this.#clocks.open((task[0] as TopicPartition).partition);
  }

  close(task: readonly TopicPartition[]): void {
    for (const { partition } of task) this.#clocks.close(partition);
  }

  started(lookAgain: () => void): void {
    this.#lookAgain = lookAgain;
  }

  /** The other instances have come further: what was held may be free. */
  progressed(): void {
    this.#lookAgain();
  }

  /** In event-time order; nothing while a later stage is more than `flow.max_lag` behind. */
  readonly take: TakePolicy = (inputs, limits) => {
    if (this.#lag() > this.#plan.flow.maxLag) return [];
    const refilling = inputs.filter(({ partition }) => this.#clocks.task(partition).phase === 'refilling');
    return refilling.length > 0 ? this.#refill.take(refilling, limits) : this.#takeEvents(inputs, limits);
  };

  readonly #takeEvents: TakePolicy = (all, limits) => {
    const inputs = all.filter(({ partition }) => this.#clocks.task(partition).isRead);
    for (const { partition, queued } of inputs)
      this.#clocks.task(partition).fetched(queued, (record) => timeOf(this.#decoder.decode(record)));
    return takeInEventOrder(inputs, limits, {
      decode: (record) => this.#decoder.decode(record),
      promise: (partition) => this.#clocks.task(partition).clock.promise,
      hasMet: (partition, promise) => this.#clocks.task(partition).clock.hasMet(promise),
      elsewhere: (partition, promise) => this.#progress.reached(partition, promise),
      maxSkewMs: this.#plan.limits.maxSkewMs,
      maxAheadMs: this.#plan.limits.maxAheadMs,
    });
  };

  process(records: readonly InboundRecord[]): StageOutput {
    const output: BatchOutput = { records: [], deadLetters: [], eventTimes: [] };
    const tasks = new Set<IngestTask>();
    this.#tally.begin();
    for (const record of records) {
      const task = this.#clocks.task(record.partition);
      tasks.add(task);
      task.stamp(this.#clocks.stamp(record));
      const refused = this.#handle(record, task, output);
      if (refused && task.phase === 'live') output.deadLetters.push(this.#deadLetter(record, refused, task));
    }
    output.records.push(...this.#tally.records(), ...this.#letters.records(output.deadLetters));
    for (const task of tasks) this.#clocks.speak(task, output.records);
    return { ...output, records: this.#assemblerFirst(output.records) };
  }

  /** Without transactions the topics are written in order: a stage's part must come behind the request that it answers. */
  #assemblerFirst(records: readonly OutboundRecord[]): readonly OutboundRecord[] {
    const { delivery, stages } = this.#plan;
    if (delivery === 'exactly_once') return records;
    const assembler = stages.find((stage) => stage.assembler)?.topic;
    return [
      ...records.filter(({ topic }) => topic === assembler),
      ...records.filter(({ topic }) => topic !== assembler),
    ];
  }

  poison(record: InboundRecord, error: unknown): StageOutput {
    const task = this.#clocks.task(record.partition);
    if (task.phase !== 'live') return { records: [], deadLetters: [] };
    const letter = this.#deadLetter(record, rejectionOf(error) ?? reject('POISON', messageOf(error)), task);
    return { records: this.#letters.records([letter]), deadLetters: [letter] };
  }

  wake(inputs: readonly InputPartition[]): WakeResult | null {
    return this.#clocks.wake(inputs);
  }

  #handle(record: InboundRecord, task: IngestTask, out: BatchOutput): Rejection | null {
    if (task.isRefilling) {
      this.#refill.apply(record, task, out.records);
      return null;
    }
    const decoded = this.#decoder.decode(record);
    if (isRejection(decoded)) return decoded;
    return decoded.kind === 'event'
      ? this.#event(record, decoded, task, out)
      : this.#clocks.watermark(decoded, task, out.records);
  }

  #event(record: InboundRecord, decoded: DecodedEvent, task: IngestTask, out: BatchOutput): Rejection | null {
    const { trace } = record;
    if (trace) Object.assign(trace, { eventId: decoded.id, eventTimeMs: decoded.at });
    const { clock } = task;
    const { promise } = clock;
    const { maxAheadMs, retainLateMs } = this.#plan.limits;
    const stampedMs = this.#clocks.stamp(record);
    const ahead = timeAhead(decoded.at, aheadOf(promise?.before ?? null, stampedMs), maxAheadMs);
    if (ahead) return ahead;
    const event = knownEvent(decoded, record, clock, retainLateMs);
    let outputs: readonly OutboundRecord[];
    try {
      outputs = this.#events.of(event, trace, task.phase === 'live' ? 'all' : 'updates');
    } catch (error) {
      const refused = rejectionOf(error);
      if (refused) return refused;
      throw error;
    }
    clock.observe(decoded.at, stampedMs);
    this.#clocks.speakFirst(task, out.records);
    for (const outbound of outputs) out.records.push(outbound);
    out.eventTimes.push(decoded.at);
    if (task.phase === 'live') {
      this.#tally.event(decoded.plan.index, decoded.at);
      this.#observe(event, promise);
    }
    return null;
  }

  #observe({ type, at, overdue = false }: KnownEvent, promise: HeldPromise | null): void {
    this.#observer.event?.(type, promise !== null && at < promise.before);
    if (overdue && this.#clocks.paned.has(type)) this.#observer.overdue?.();
  }

  #deadLetter(record: InboundRecord, { code, reason }: Rejection, { clock }: IngestTask): DeadLetter {
    const { topic, partition, offset, key, value, headers, trace } = record;
    const decoded = this.#decoder.decode(record);
    return {
      trace,
      ...(decoded.kind === 'event' && { eventId: decoded.id }),
      // before the first good event the partition has no clock
      at: clock.at ?? undefined,
      stage: this.name,
      code,
      reason,
      topic,
      partition,
      offset,
      attempts: attemptsOf(headers),
      key,
      value,
      headers,
    };
  }
}

/** Event time; null where it has none. */
function timeOf(decoded: Decoded): number | null {
  if (isRejection(decoded)) return null;
  return decoded.kind === 'event' ? decoded.at : decoded.before;
}

/** Null where the error is not the record's own fault. */
function rejectionOf(error: unknown): Rejection | null {
  return isAppError(error) && error.class === 'poison' ? reject(error.code, error.detail) : null;
}
