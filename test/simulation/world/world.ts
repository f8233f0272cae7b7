import { EventHeap, type PlannedEvent } from './event-heap.ts';
import { Trace } from './trace.ts';

/** Wall clock at virtual time 0: 2026-01-01T00:00:00Z. */
export const EPOCH_MS = 1_767_225_600_000;
/** Is not lost in rounding for years of virtual time; a real clock's timers are coarser by far. */
const LEAST_MS = 0.001;
/** Immediates queued at once: fewer turns of the event loop for as many events. */
const TURN = 32;

/**
 * Virtual time, and everything that will happen in it. One event at a time; between two of them all promises that it
 * settled have run to their end (Node empties its queue of promise jobs between immediates). So the order of everything
 * in the process follows from the events alone, and these from the seed.
 */
export class World {
  readonly trace: Trace;
  readonly #events = new EventHeap();
  #nowMs = 0;
  #planned = 0;
  #happened = 0;
  #over = false;

  constructor(trace: Trace) {
    this.trace = trace;
  }

  /** Virtual milliseconds. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get happened(): number {
    return this.#happened;
  }

  at(atMs: number, act: () => void): PlannedEvent {
    const event = { atMs: Math.max(atMs, this.#nowMs), order: this.#planned++, act };
    this.#events.push(event);
    return event;
  }

  /** What is later is later: a time that is lost in rounding would be waited for without end. */
  after(ms: number, act: () => void): PlannedEvent {
    return this.at(this.#nowMs + (ms > 0 ? Math.max(ms, LEAST_MS) : ms), act);
  }

  say(text: () => string): void {
    this.trace.line(() => `${(this.#nowMs / 1000).toFixed(3).padStart(8)} ${text()}`);
  }

  /** No further event happens. */
  end(): void {
    this.#over = true;
  }

  /** Until `end`, or nothing is left to happen. */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        if (this.#over) return resolve();
        for (let i = 0; i < TURN; i++) setImmediate(() => this.#happen(reject));
        setImmediate(turn);
      };
      turn();
    });
  }

  #happen(reject: (error: unknown) => void): void {
    if (this.#over) return;
    let event = this.#events.pop();
    while (event?.act === null) event = this.#events.pop();
    if (!event) return this.end();
    this.#nowMs = event.atMs;
    this.#happened++;
    this.trace.number(event.order);
    this.trace.number(Math.round(event.atMs * 1000));
    try {
      event.act?.();
    } catch (error) {
      this.#over = true;
      reject(error);
    }
  }
}
