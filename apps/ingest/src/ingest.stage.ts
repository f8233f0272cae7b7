import { isAppError, messageOf, type Clock } from '@millrace/core';
import type { KnownEvent } from '@millrace/features';
import type { Plan } from '@millrace/pipeline';
import {
  headerText,
  type DeadLetter,
  type Headers,
  type InboundRecord,
  type OutboundRecord,
  type TopicPartition,
} from '@millrace/records';
import type { InputPartition, Stage, StageOutput, TakePolicy, TaskState, WakeResult } from '@millrace/stream';

import { ClockKeeper } from './clocks/clock-keeper.ts';
import type { HeldPromise } from './clocks/clock-state.ts';
import type { IngestTask } from './clocks/ingest-task.ts';
import { SharedProgress } from './clocks/shared-progress.ts';
import { EventDecoder, type Decoded, type DecodedEvent } from './decode/event-decoder.ts';
import { isRejection, reject, type Rejection } from './decode/rejection.ts';
import { aheadOf, timeAhead } from './decode/time-ahead.ts';
import { EventOutputs } from './event-outputs.ts';
import type { IngestObserver } from './ingest-observer.ts';
import { takeInEventOrder } from './take-in-event-order.ts';

export interface IngestStageOptions {
  readonly plan: Plan;
  readonly clock: Clock;
  /** Records by which the stage furthest behind is behind, looked up about once a second by whoever runs the stage. */
  readonly lag?: () => number;
  /** What the other instances have noted, kept up to date by whoever runs the stage. */
  readonly progress?: SharedProgress;
  readonly observer?: IngestObserver;
}

interface BatchOutput {
  readonly records: OutboundRecord[];
  readonly deadLetters: DeadLetter[];
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
  readonly #clock: Clock;
  readonly #lag: () => number;
  readonly #observer: IngestObserver;
  readonly #decoder: EventDecoder;
  readonly #events: EventOutputs;
  readonly #progress: SharedProgress;
  readonly #clocks: ClockKeeper;
  #lookAgain: () => void = () => undefined;
  /** Types with features in panes. */
  readonly #paned: ReadonlySet<string>;

  constructor({ plan, clock, lag = () => 0, progress = new SharedProgress(), observer = {} }: IngestStageOptions) {
    this.inputs = [[plan.names.events]];
    this.growing = [plan.names.events];
    this.#plan = plan;
    this.#clock = clock;
    this.#lag = lag;
    this.#observer = observer;
    this.#decoder = new EventDecoder(plan);
    this.#events = new EventOutputs(plan);
    this.#progress = progress;
    this.#clocks = new ClockKeeper({ plan, clock, progress, observer });
    const windows = plan.stages.flatMap(({ features }) => features);
    this.#paned = new Set(windows.filter(({ resolutionMs }) => resolutionMs !== null).map(({ from }) => from));
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
    const output: BatchOutput = { records: [], deadLetters: [] };
    const tasks = new Set<IngestTask>();
    for (const record of records) {
      const task = this.#clocks.task(record.partition);
      tasks.add(task);
      const refused = this.#handle(record, task, output.records);
      if (refused) output.deadLetters.push(this.#deadLetter(record, refused));
    }
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
    return {
      records: [],
      deadLetters: [this.#deadLetter(record, rejectionOf(error) ?? reject('POISON', messageOf(error)))],
    };
  }

  wake(inputs: readonly InputPartition[]): WakeResult | null {
    return this.#clocks.wake(inputs);
  }

  #handle(record: InboundRecord, task: IngestTask, out: OutboundRecord[]): Rejection | null {
    const decoded = this.#decoder.decode(record);
    if (isRejection(decoded)) return decoded;
    return decoded.kind === 'event'
      ? this.#event(record, decoded, task, out)
      : this.#clocks.watermark(decoded, task, out);
  }

  #event(
    record: InboundRecord,
    { plan, id, at, payload }: DecodedEvent,
    task: IngestTask,
    out: OutboundRecord[],
  ): Rejection | null {
    const { trace, partition, offset, headers } = record;
    if (trace) trace.eventId = id;
    const { clock } = task;
    const { promise } = clock;
    const stampedMs = this.#stamp(record);
    const ahead = timeAhead(at, aheadOf(promise?.before ?? null, stampedMs), this.#plan.limits.maxAheadMs);
    if (ahead) return ahead;
    const event: KnownEvent = {
      type: plan.type,
      id,
      at,
      payload,
      origin: { partition, offset },
      promise: promise?.id ?? null,
      attempts: attemptsOf(headers),
      overdue: clock.isPast(at, this.#plan.limits.retainLateMs),
    };
    let outputs: readonly OutboundRecord[];
    try {
      outputs = this.#events.of(event, trace);
    } catch (error) {
      const refused = rejectionOf(error);
      if (refused) return refused;
      throw error;
    }
    clock.observe(at, stampedMs);
    // stages with panes must know beforehand whether what follows may be older than their horizon
    if (task.schedule.isNew && this.#paned.size > 0) this.#clocks.speak(task, out);
    for (const outbound of outputs) out.push(outbound);
    this.#observe(event, promise);
    return null;
  }

  #observe({ type, at, overdue = false }: KnownEvent, promise: HeldPromise | null): void {
    this.#observer.event?.(type, promise !== null && at < promise.before);
    if (overdue && this.#paned.has(type)) this.#observer.overdue?.();
  }

  /** The record's timestamp, or the wall clock where that is earlier, or where there is none. */
  #stamp({ timestamp }: InboundRecord): number {
    const now = this.#clock.now();
    return timestamp < 0 ? now : Math.min(timestamp, now);
  }

  #deadLetter(
    { topic, partition, offset, key, value, headers }: InboundRecord,
    { code, reason }: Rejection,
  ): DeadLetter {
    this.#observer.refused?.(code);
    return {
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

/** How often this event has been a dead letter already. */
function attemptsOf(headers: Headers): number {
  if (headers.length === 0) return 0;
  const attempts = Number(headerText(headers, 'millrace-attempts') ?? 0);
  return Number.isSafeInteger(attempts) && attempts >= 0 ? attempts : 0;
}
