import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { InboundRecord, OutboundRecord, Rejection } from '@millrace/records';
import type { InputPartition, WakeResult } from '@millrace/stream';

import type { Watermark } from '../decode/watermark.ts';
import type { PlanSwitch } from '../handover/plan-switch.ts';
import type { IngestObserver } from '../ingest-observer.ts';
import { AwakeTime } from './awake-time.ts';
import type { ClockOutputs } from './clock-outputs.ts';
import { IngestTask } from './ingest-task.ts';
import { progressRecord } from './progress-note.ts';
import { promiseSilences, type IdleSince, type PromiseSilence } from './promise-watch.ts';
import type { SharedProgress } from './shared-progress.ts';

export interface ClockKeeperOptions {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly progress: SharedProgress;
  readonly observer: IngestObserver;
  readonly outputs: ClockOutputs;
  readonly planSwitch: PlanSwitch;
}

/** The clocks of the input partitions that this instance owns: moved by watermarks and silence, written when due. */
export class ClockKeeper {
  readonly #plan: Plan;
  readonly #clock: Clock;
  readonly #progress: SharedProgress;
  readonly #observer: IngestObserver;
  readonly #outputs: ClockOutputs;
  readonly #switch: PlanSwitch;
  readonly #awake: AwakeTime;
  /** Types with features in panes. */
  readonly paned: ReadonlySet<string>;
  /** By partition of `<p>.events`. */
  readonly #tasks = new Map<number, IngestTask>();

  constructor({ plan, clock, progress, observer, outputs, planSwitch }: ClockKeeperOptions) {
    this.#plan = plan;
    this.#clock = clock;
    this.#progress = progress;
    this.#observer = observer;
    this.#outputs = outputs;
    this.#switch = planSwitch;
    this.#awake = new AwakeTime(clock.elapsed());
    const windows = plan.stages.flatMap(({ features }) => features);
    this.paned = new Set(windows.filter(({ resolutionMs }) => resolutionMs !== null).map(({ from }) => from));
  }

  open(input: number): IngestTask {
    const task = new IngestTask({
      input,
      latenessMs: this.#plan.limits.latenessMs,
      phase: this.#switch.begin(),
      elapsed: () => this.#clock.elapsed(),
    });
    this.#tasks.set(input, task);
    return task;
  }

  close(input: number): void {
    this.#tasks.delete(input);
  }

  task(input: number): IngestTask {
    const task = this.#tasks.get(input);
    if (!task) throw new Error(`the partition ${input} is not open`);
    return task;
  }

  /** The record's timestamp, or the wall clock where that is earlier, or where there is none. */
  stamp({ timestamp }: InboundRecord): number {
    const now = this.#clock.now();
    return timestamp < 0 ? now : Math.min(timestamp, now);
  }

  /** Before a partition's first event: stages with panes must know beforehand whether what follows may be older than their horizon. */
  speakFirst(task: IngestTask, out: OutboundRecord[]): void {
    if (task.schedule.isNew && this.paned.size > 0) this.speak(task, out);
  }

  /**
   * A promise is told as it opens, before any request under it, and once more as it ends: who waits must have seen it,
   * and how far it went.
   */
  watermark(watermark: Watermark, task: IngestTask, out: OutboundRecord[]): Rejection | null {
    const { clock } = task;
    const before = clock.promise;
    const refused = clock.watermark(watermark, this.#clock.elapsed());
    if (refused || clock.promise === null) return refused;
    if (before === null) this.speak(task, out);
    if (watermark.idle) this.#end(task, out);
    return null;
  }

  /** Writes the partition's clock if it is due, and what other instances must know of its promise if that is new. */
  speak(task: IngestTask, out: OutboundRecord[]): boolean {
    const before = out.length;
    const record = task.record();
    if (record !== null && task.schedule.isDue(record, this.#clock.elapsed())) this.#write(task, out);
    const note = task.news();
    if (note !== null) out.push(progressRecord(this.#plan, task.clock.input, note));
    return out.length > before;
  }

  /**
   * About once a second: drops promises that fell silent, takes the next step towards another feature set, brings idle
   * clocks up to now, writes what is due.
   */
  wake(inputs: readonly InputPartition[]): WakeResult | null {
    const elapsedMs = this.#clock.elapsed();
    this.#awake.look(elapsedMs);
    const out: OutboundRecord[] = [];
    const idle = new Map(inputs.map(({ partition, idleSinceMs }) => [partition, this.#silentSince(idleSinceMs)]));
    this.#dropSilent((partition) => idle.get(partition) ?? null, out, elapsedMs);
    const changed = inputs.filter(({ partition, position }) => {
      const task = this.#tasks.get(partition);
      if (task === undefined) return false;
      const stepped = this.#switch.step({ task, position }, out);
      const since = idle.get(partition) ?? null;
      if (since !== null && task.schedule.isOld(elapsedMs)) task.clock.advanceIdle(since, elapsedMs);
      return this.speak(task, out) || stepped;
    });
    return changed.length === 0 ? null : { output: { records: out, deadLetters: [] }, partitions: changed };
  }

  #silentSince(idleSinceMs: number | null): number | null {
    return idleSinceMs === null ? null : Math.max(idleSinceMs, this.#awake.sinceMs);
  }

  #dropSilent(idleSince: IdleSince, out: OutboundRecord[], elapsedMs: number): void {
    const heard = [...this.#tasks].filter(([, { isRead }]) => isRead);
    const owned = new Map(heard.map(([partition, { clock }]) => [partition, clock]));
    const silences = promiseSilences({ owned, shared: this.#progress, idleSince, elapsedMs });
    const isOver = ({ silentMs }: PromiseSilence): boolean => silentMs >= this.#plan.limits.watermarkTimeoutMs;
    for (const silence of silences.filter(isOver)) this.#drop(silence, out, elapsedMs);
    this.#observer.promisesSilent?.(
      silences
        .filter((silence) => silence.silentMs > 0 && !isOver(silence))
        .map(({ promise, partition, silentMs }) => ({ id: promise.id, partition, silentMs })),
    );
  }

  /** Who waits lets go of a partition whose clock no longer carries the promise; one that had not come to it does so for a moment. */
  #drop({ promise, partition, awaited, taken }: PromiseSilence, out: OutboundRecord[], elapsedMs: number): void {
    for (const task of awaited.map((input) => this.task(input))) {
      if (task.clock.promise === null) task.clock.openPromise(promise, elapsedMs);
      task.clock.dropPromise(promise.id);
      this.#end(task, out);
    }
    for (const input of taken) this.task(input).clock.dropPromise(promise.id);
    this.#observer.promiseDropped?.({ id: promise.id, partition });
  }

  #end(task: IngestTask, out: OutboundRecord[]): void {
    this.#write(task, out);
    task.clock.endPromise(this.#clock.elapsed());
  }

  #write(task: IngestTask, out: OutboundRecord[]): void {
    const record = task.record();
    if (record === null) return;
    task.schedule.note(record, this.#clock.elapsed());
    const isGiving = task.phase === 'giving';
    for (const outbound of isGiving ? this.#outputs.toStages(record) : this.#outputs.of(record)) out.push(outbound);
  }
}
