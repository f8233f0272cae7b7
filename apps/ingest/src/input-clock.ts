import { AppError, ByteReader, ByteWriter, Journal } from '@millrace/core';
import { NO_EVENT_YET, type ClockRecord, type OpenPromise } from '@millrace/records';
import type { Watermark } from './watermark.ts';

/** Ids of promises that are over: as many as the marker can hold, the latest. */
const MOST_USED_PROMISES = 16;

interface ClockState {
  /** Event time that has been reached; null before the first event or watermark. */
  readonly at: number | null;
  readonly first: number;
  readonly promise: OpenPromise | null;
  readonly usedPromises: readonly string[];
}

const FRESH: ClockState = { at: null, first: NO_EVENT_YET, promise: null, usedPromises: [] };

/**
 * How far event time has come in one partition of `<p>.events`. Under a promise by its watermarks alone; otherwise by
 * the largest event time seen, less the allowed lateness, and while nothing comes by the wall clock. Never back.
 */
export class InputClock {
  readonly input: number;
  readonly #journal: Journal;
  readonly #latenessMs: number;
  #state: ClockState = FRESH;
  #written: ClockState = FRESH;

  constructor(input: number, latenessMs: number, journal: Journal) {
    this.input = input;
    this.#latenessMs = latenessMs;
    this.#journal = journal;
  }

  get promise(): OpenPromise | null {
    return this.#state.promise;
  }

  get at(): number | null {
    return this.#state.at;
  }

  /** Whether there is something to tell that has not been told. */
  get isNews(): boolean {
    return this.#state !== this.#written && this.#state.at !== null;
  }

  get exists(): boolean {
    return this.#state.at !== null;
  }

  /** An event was seen; `at` is its event time, `timestamp` its record's. Returns whether it broke the promise. */
  seen(at: number, timestamp: number): boolean {
    const { promise, at: reached, first } = this.#state;
    const broke = promise !== null && reached !== null && at < reached;
    if (promise !== null) {
      if (at < first) this.#set({ ...this.#state, first: at });
      return broke;
    }
    const tick = Math.min(at, timestamp) - this.#latenessMs;
    if (reached === null || tick > reached || at < first) {
      this.#set({ ...this.#state, at: Math.max(reached ?? tick, tick), first: Math.min(first, at) });
    }
    return false;
  }

  /** @throws AppError `PROMISE_OPEN`, `PROMISE_REUSED`, `BAD_WATERMARK` */
  promised(watermark: Watermark): void {
    const promise = this.#accept(watermark);
    const at = watermark.before === null ? this.#state.at : Math.max(this.#state.at ?? watermark.before, watermark.before);
    if (watermark.idle) this.#end(promise, at);
    else this.#set({ ...this.#state, at, promise });
  }

  /** The promise no longer holds: its producer has gone. */
  drop(): void {
    if (this.#state.promise) this.#end(this.#state.promise, this.#state.at);
  }

  /** Nothing has come for so long, and nothing is coming. */
  idled(ms: number): void {
    const { promise, at } = this.#state;
    if (promise === null && at !== null && ms > 0) this.#set({ ...this.#state, at: at + Math.floor(ms) });
  }

  /** What to tell; from here on it is no news. */
  tell(): ClockRecord {
    const before = this.#written;
    this.#journal.record(() => {
      this.#written = before;
    });
    this.#written = this.#state;
    const { at, first, promise } = this.#state;
    return { kind: 'clock', input: this.input, at: at ?? 0, first, promise };
  }

  encode(): Uint8Array {
    const { at, first, promise, usedPromises } = this.#state;
    const writer = new ByteWriter(64).byte(at === null ? 0 : 1).varint(at ?? 0).varint(first).text(promise?.id ?? null);
    writer.varint(promise?.partitions.length ?? 0);
    for (const partition of promise?.partitions ?? []) writer.varint(partition);
    writer.varint(usedPromises.length);
    for (const id of usedPromises) writer.text(id);
    return writer.finish();
  }

  load(body: Uint8Array): void {
    const reader = new ByteReader(body);
    const known = reader.byte() === 1;
    const [at, first, id] = [reader.varint(), reader.varint(), reader.text()];
    const partitions = Array.from({ length: reader.varint() }, () => reader.varint());
    const usedPromises = Array.from({ length: reader.varint() }, () => reader.text() ?? '');
    this.#state = { at: known ? at : null, first, promise: id === null ? null : { id, partitions }, usedPromises };
  }

  #accept({ promise: id, partitions }: Watermark): OpenPromise {
    const { promise: open, usedPromises } = this.#state;
    if (open?.id === id) return open;
    if (open) throw new AppError('PROMISE_OPEN', `partition ${this.input} is under promise "${open.id}", found "${id}"`);
    if (usedPromises.includes(id)) throw new AppError('PROMISE_REUSED', `promise "${id}" has ended; use a new id for each run`);
    if (partitions?.includes(this.input)) return { id, partitions };
    throw new AppError('BAD_WATERMARK', `the first watermark of a promise must list its partitions, ${this.input} among them`);
  }

  #end(promise: OpenPromise, at: number | null): void {
    const usedPromises = [...this.#state.usedPromises, promise.id].slice(-MOST_USED_PROMISES);
    this.#set({ ...this.#state, at, promise: null, usedPromises });
  }

  #set(next: ClockState): void {
    const before = this.#state;
    this.#journal.record(() => {
      this.#state = before;
    });
    this.#state = next;
  }
}
