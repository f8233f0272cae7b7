import { AppError, type Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { DeadLetter, InboundRecord, OutboundRecord, TopicPartition } from '@millrace/records';
import type { InputPartition, Stage, StageOutput, TakeLimits, WakeResult } from '@millrace/stream';
import { ClockWriter } from './clock-writer.ts';
import { EventDecoder, type Decoded, type DecodedEvent } from './event-decoder.ts';
import { EventRouter } from './event-router.ts';
import { takeInEventTimeOrder, type EventTimes } from './event-time-order.ts';
import type { IngestObserver } from './ingest-observer.ts';
import { IngestTask } from './ingest-task.ts';
import type { Watermark } from './watermark.ts';

/** A clock is written at most this often where it moves by ticks, and at least this often where it does not move. */
const TICK_MS = 1000;
const REPEAT_MS = 10_000;

export interface IngestStageOptions {
  readonly plan: Plan;
  readonly clock: Clock;
  /** How far the slowest stage is behind, in records, looked up about once a second. */
  readonly lag?: () => number;
  readonly observer?: IngestObserver;
}

/**
 * Events in; what each keyed stage needs of them, outcomes and clocks out. Keeps nothing but the clocks of its input
 * partitions, in their markers. The only place where the wall clock acts on the stream: what it decides is written down.
 */
export class IngestStage implements Stage {
  readonly name = 'ingest';
  readonly inputs: readonly (readonly string[])[];
  readonly wakeEveryMs = TICK_MS;
  readonly #plan: Plan;
  readonly #clock: Clock;
  readonly #lag: () => number;
  readonly #observer: IngestObserver;
  readonly #decoder: EventDecoder;
  readonly #router: EventRouter;
  readonly #clocks: ClockWriter;
  readonly #tasks = new Map<number, IngestTask>();
  /** Decoding is done once, though a record is looked at when it is taken and when it is processed. */
  readonly #decoded = new WeakMap<InboundRecord, Decoded | AppError>();

  constructor({ plan, clock, lag, observer }: IngestStageOptions) {
    this.#plan = plan;
    this.#clock = clock;
    this.#lag = lag ?? (() => 0);
    this.#observer = observer ?? {};
    this.inputs = [[plan.names.events]];
    this.#decoder = new EventDecoder(plan);
    this.#router = new EventRouter(plan);
    this.#clocks = new ClockWriter(plan);
  }

  open(task: readonly TopicPartition[]): IngestTask {
    const at = task[0] as TopicPartition;
    const state = new IngestTask(at, this.#plan.limits.latenessMs);
    this.#tasks.set(at.partition, state);
    return state;
  }

  close(task: readonly TopicPartition[]): void {
    for (const { partition } of task) this.#tasks.delete(partition);
  }

  /** The only valve: nothing is taken while a stage is too far behind. */
  take(inputs: readonly InputPartition[], limits: TakeLimits): readonly InboundRecord[] {
    if (this.#lag() > this.#plan.flow.maxLag) return [];
    return takeInEventTimeOrder(inputs, limits, this.#times, this.#plan.limits.maxSkewMs);
  }

  readonly #times: EventTimes = {
    at: (record) => {
      const decoded = this.#decode(record);
      return decoded instanceof AppError || decoded.kind === 'watermark' ? null : decoded.at;
    },
    promise: ({ partition }) => this.#tasks.get(partition)?.clock.promise?.id ?? null,
    reached: ({ partition }) => this.#tasks.get(partition)?.clock.at ?? null,
  };

  process(records: readonly InboundRecord[]): StageOutput {
    const out: OutboundRecord[] = [];
    const deadLetters: DeadLetter[] = [];
    for (const record of records) {
      const problem = this.#handle(record, out);
      if (problem) deadLetters.push(this.#letter(record, problem));
    }
    for (const task of this.#tasks.values()) {
      if (task.clock.promise && task.clock.isNews) out.push(...this.#tell(task));
    }
    return { records: out, deadLetters };
  }

  poison(record: InboundRecord, error: unknown): StageOutput {
    const problem = error instanceof AppError ? error : new AppError('POISON', error instanceof Error ? error.message : String(error));
    return { records: [], deadLetters: [this.#letter(record, problem)] };
  }

  wake(inputs: readonly InputPartition[]): WakeResult | null {
    for (const input of inputs) this.#countIdleTime(input);
    this.#dropStalled(inputs);
    const due = inputs.filter((input) => this.#isDue(input));
    if (due.length === 0) return null;
    const records = due.flatMap(({ partition }) => this.#tell(this.#tasks.get(partition) as IngestTask));
    return { output: { records, deadLetters: [] }, partitions: due };
  }

  #handle(record: InboundRecord, out: OutboundRecord[]): AppError | null {
    const decoded = this.#decode(record);
    const task = this.#tasks.get(record.partition) as IngestTask;
    if (decoded instanceof AppError) return decoded;
    try {
      if (decoded.kind === 'watermark') this.#promised(task, decoded);
      else out.push(...this.#accept(decoded, record, task));
      return null;
    } catch (error) {
      if (error instanceof AppError && error.class === 'poison') return error;
      throw error;
    }
  }

  #promised({ clock }: IngestTask, watermark: Watermark): void {
    const before = clock.promise;
    clock.promised(watermark);
    if (!before && clock.promise) this.#observer.promiseOpened?.(clock.input, watermark.promise);
    if (watermark.idle) this.#observer.promiseEnded?.(clock.input, watermark.promise);
  }

  #accept(decoded: DecodedEvent, record: InboundRecord, { clock }: IngestTask): readonly OutboundRecord[] {
    this.#assertNotAhead(decoded, record, clock.promise ? clock.at : null);
    if (record.trace) record.trace.eventId = decoded.id;
    const out = this.#router.route(decoded, record, clock.promise?.id ?? null);
    if (clock.seen(decoded.at, record.timestamp)) this.#observer.late?.(decoded.event.type);
    this.#observer.event?.(decoded.event.type);
    return out;
  }

  #assertNotAhead({ at }: DecodedEvent, record: InboundRecord, promised: number | null): void {
    const now = promised ?? Math.min(record.timestamp, this.#clock.now());
    const { maxAheadMs } = this.#plan.limits;
    if (at <= now + maxAheadMs) return;
    const than = promised === null ? 'its record was written' : "its partition's promise has come";
    throw new AppError('TIME_AHEAD', `${Math.round((at - now) / 1000)} s later than ${than}, events.max_ahead allows ${maxAheadMs / 1000} s`);
  }

  #tell(task: IngestTask): readonly OutboundRecord[] {
    task.toldAtMs = this.#clock.elapsed();
    return this.#clocks.write(task.clock.tell());
  }

  #countIdleTime({ partition, idleSinceMs }: InputPartition): void {
    const task = this.#tasks.get(partition);
    if (!task) return;
    const now = this.#clock.elapsed();
    if (idleSinceMs !== null) task.clock.idled(now - Math.max(idleSinceMs, task.idleCountedMs ?? idleSinceMs));
    task.idleCountedMs = idleSinceMs === null ? null : now;
  }

  /** A promise whose producer has gone silent in one partition is dropped in all that are here. */
  #dropStalled(inputs: readonly InputPartition[]): void {
    const now = this.#clock.elapsed();
    const stalled = new Set(
      inputs
        .filter(({ idleSinceMs }) => idleSinceMs !== null && now - idleSinceMs >= this.#plan.limits.watermarkTimeoutMs)
        .flatMap(({ partition }) => this.#tasks.get(partition)?.clock.promise?.id ?? []),
    );
    for (const { clock } of this.#tasks.values()) {
      const id = clock.promise?.id;
      if (id === undefined || !stalled.has(id)) continue;
      clock.drop();
      this.#observer.promiseDropped?.(clock.input, id);
    }
  }

  #isDue({ partition }: InputPartition): boolean {
    const task = this.#tasks.get(partition);
    if (!task?.clock.exists) return false;
    return task.clock.isNews || this.#clock.elapsed() - task.toldAtMs >= REPEAT_MS;
  }

  #decode(record: InboundRecord): Decoded | AppError {
    const known = this.#decoded.get(record);
    if (known !== undefined) return known;
    const decoded = this.#tryDecode(record);
    this.#decoded.set(record, decoded);
    return decoded;
  }

  #tryDecode(record: InboundRecord): Decoded | AppError {
    try {
      return this.#decoder.decode(record);
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }

  #letter(record: InboundRecord, problem: AppError): DeadLetter {
    this.#observer.rejected?.(problem.code);
    const { topic, partition, offset, key, value, headers } = record;
    const attempts = Number(headers.find(([name]) => name === 'millrace-attempts')?.[1]?.toString() ?? 0) || 0;
    return { stage: this.name, code: problem.code, reason: problem.detail, topic, partition, offset, attempts, key, value, headers };
  }
}

