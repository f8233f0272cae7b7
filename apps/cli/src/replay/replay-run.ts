import type { Clock } from '@millrace/core';
import type { Publisher } from '@millrace/stream';

import { BatchPublisher } from './batch-publisher.ts';
import { EventRecords, type EventToSend } from './event-record.ts';
import { newPromiseId, PromiseWriter } from './promise-writer.ts';
import type { ReplayProgress, ReplaySettings } from './replay-options.ts';
import { ReplayPace } from './replay-pace.ts';

/** A watermark after so many events, or so long, whichever is first. */
const EVENTS_PER_WATERMARK = 500;
const WATERMARK_EVERY_MS = 20;
/** Producers repeat their watermarks at least every 10 s. */
const REPEAT_MS = 5000;
const PROGRESS_MS = 250;

export interface ReplayTarget {
  readonly publisher: Publisher;
  readonly partitions: number;
  /** Whether order is promised: not possible over HTTP, which reaches no partition by itself. */
  readonly promises: boolean;
}

/** One replay: events in the file's order, and watermarks before, between and behind them. */
export class ReplayRun {
  readonly #settings: ReplaySettings;
  readonly #clock: Clock;
  readonly #batch: BatchPublisher;
  readonly #records: EventRecords;
  readonly #promise: PromiseWriter | null;
  /** Null before the first event. */
  #pace: ReplayPace | null = null;
  /** What the latest watermark said, and when it was sent (`Clock.elapsed()`). */
  #before = -Infinity;
  #toldMs = 0;
  #untold = 0;
  #progressMs = 0;
  #events = 0;
  #requests = 0;
  #late = 0;
  #at: number | null = null;

  constructor(settings: ReplaySettings, { publisher, partitions, promises }: ReplayTarget) {
    this.#settings = settings;
    this.#clock = settings.clock;
    this.#batch = new BatchPublisher(publisher);
    this.#records = new EventRecords(settings.plan, partitions);
    this.#promise = promises
      ? new PromiseWriter(settings.plan.names.events, partitions, newPromiseId(settings.clock))
      : null;
  }

  /** Sends everything; the promise ends in good order whatever stops it. */
  async run(): Promise<ReplayProgress> {
    let complete = false;
    try {
      complete = await this.#sendAll();
    } finally {
      await this.#end(complete);
    }
    this.#settings.onProgress?.(this.#progress());
    return this.#progress();
  }

  async #sendAll(): Promise<boolean> {
    const { events, signal } = this.#settings;
    for await (const event of events) {
      if (signal?.aborted) return false;
      const next = this.#records.of(event);
      if (this.#isWanted(next.at)) await this.#send(next);
    }
    return signal?.aborted !== true;
  }

  #isWanted(at: number | null): boolean {
    const { from, to } = this.#settings;
    return at === null || (at >= (from ?? -Infinity) && at < (to ?? Infinity));
  }

  async #send(next: EventToSend): Promise<void> {
    await this.#begin(next.at);
    await this.#waitFor(next.at);
    if (this.#settings.signal?.aborted) return;
    // an event must not be further ahead of the promise than events.max_ahead
    if (next.at !== null && next.at - this.#before > this.#settings.plan.limits.maxAheadMs / 2) this.#tell(next.at);
    this.#note(next);
    this.#batch.add([next.record]);
    const sinceMs = this.#clock.elapsed() - this.#toldMs;
    if (++this.#untold >= EVENTS_PER_WATERMARK || sinceMs >= WATERMARK_EVERY_MS) this.#tell(this.#at ?? -Infinity);
    if (this.#batch.isFull) await this.#batch.send();
    this.#showProgress();
  }

  #note({ at, isRequest }: EventToSend): void {
    this.#events++;
    if (isRequest) this.#requests++;
    if (at === null) return;
    if (this.#promise && at < this.#before) this.#late++;
    this.#at = Math.max(this.#at ?? at, at);
  }

  /** The promise is made, everywhere, before anything else is sent. */
  async #begin(at: number | null): Promise<void> {
    const start = this.#settings.from ?? at;
    if (this.#pace !== null || start === null) return;
    this.#pace = new ReplayPace(this.#settings, this.#clock.elapsed(), at ?? start);
    this.#tell(start);
    await this.#batch.flush();
  }

  /** Until the event is due; before a pause everything is out, with a watermark behind it. */
  async #waitFor(at: number | null): Promise<void> {
    const { signal } = this.#settings;
    for (;;) {
      const dueInMs = (this.#pace?.dueMs(this.#events, at) ?? 0) - this.#clock.elapsed();
      if (dueInMs <= 0 || signal?.aborted) return;
      const sofar = Math.max(
        this.#at ?? -Infinity,
        Math.min(this.#pace?.eventTime(this.#clock.elapsed()) ?? -Infinity, at ?? -Infinity),
      );
      if (this.#untold > 0 || this.#clock.elapsed() - this.#toldMs >= REPEAT_MS) this.#tell(sofar, true);
      await this.#batch.send();
      this.#showProgress();
      await this.#clock.sleep(Math.min(dueInMs, REPEAT_MS), signal);
    }
  }

  /** A watermark, if it says anything new or is a repetition. */
  #tell(before: number, again = false): void {
    this.#untold = 0;
    this.#toldMs = this.#clock.elapsed();
    if (this.#promise === null || !(before > this.#before || again)) return;
    this.#before = Math.max(this.#before, before);
    if (Number.isFinite(this.#before)) this.#batch.add(this.#promise.watermark(this.#before));
  }

  async #end(complete: boolean): Promise<void> {
    const last = complete ? (this.#settings.to ?? this.#at) : this.#at;
    if (this.#promise !== null && (this.#pace !== null || (complete && this.#settings.to !== undefined))) {
      this.#tell(last ?? this.#before);
      this.#batch.add(this.#promise.idle());
    }
    await this.#batch.flush();
  }

  #showProgress(): void {
    const { onProgress } = this.#settings;
    if (!onProgress || this.#clock.elapsed() - this.#progressMs < PROGRESS_MS) return;
    this.#progressMs = this.#clock.elapsed();
    onProgress(this.#progress());
  }

  #progress(): ReplayProgress {
    return { events: this.#events, requests: this.#requests, late: this.#late, at: this.#at };
  }
}
