import type { CliContext } from '../context.ts';

/** The clock is looked at after so many events or rows. */
const LOOK_EVERY = 256;
const SHOW_EVERY_MS = 250;

/** How far an offline run is: on a terminal, and nowhere else. */
export class OfflineProgress {
  readonly #context: CliContext;
  readonly #startedMs: number;
  #shownMs: number;
  #steps = 0;
  #events = 0;
  #rows = 0;
  #what = 'computing';

  constructor(context: CliContext) {
    this.#context = context;
    this.#startedMs = context.clock.elapsed();
    this.#shownMs = this.#startedMs;
  }

  /** The events, counted from 0, as they are read. */
  events<T>(events: AsyncIterable<T>, what: string): AsyncIterable<T> {
    if (!this.#context.stderr.isTerminal) return events;
    this.#what = what;
    this.#events = 0;
    return this.#each(events, () => this.#events++);
  }

  /** The rows, as they are written. */
  rows<T>(rows: AsyncIterable<T>): AsyncIterable<T> {
    this.#rows = 0;
    return this.#context.stderr.isTerminal ? this.#each(rows, () => this.#rows++) : rows;
  }

  /** Leaves the line empty. */
  end(): void {
    if (this.#context.stderr.isTerminal) this.#context.stderr.write('\r\u001B[K');
  }

  async *#each<T>(items: AsyncIterable<T>, count: () => void): AsyncGenerator<T> {
    for await (const item of items) {
      count();
      if (++this.#steps % LOOK_EVERY === 0) this.#look();
      yield item;
    }
  }

  #look(): void {
    const nowMs = this.#context.clock.elapsed();
    if (nowMs - this.#shownMs < SHOW_EVERY_MS) return;
    this.#shownMs = nowMs;
    const seconds = Math.round((nowMs - this.#startedMs) / 1000);
    this.#context.stderr.write(
      `\r\u001B[K${this.#what}: ${this.#events} events read, ${this.#rows} rows written, ${seconds} s`,
    );
  }
}
