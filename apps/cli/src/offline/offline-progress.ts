import type { CliContext } from '../context.ts';

const SHOW_EVERY_MS = 250;

/** How far an offline run is: on a terminal, and nowhere else. */
export class OfflineProgress {
  readonly #context: CliContext;
  readonly #startedMs: number;
  #shownMs: number;
  #events = 0;
  #rows = 0;
  #what = 'computing';

  constructor(context: CliContext) {
    this.#context = context;
    this.#startedMs = context.clock.elapsed();
    this.#shownMs = this.#startedMs;
  }

  /** The events, counted from 0, as they are read, batch by batch. */
  events<T extends { readonly length: number }>(batches: AsyncIterable<T>, what: string): AsyncIterable<T> {
    if (!this.#context.stderr.isTerminal) return batches;
    this.#what = what;
    this.#events = 0;
    return this.#each(batches, ({ length }) => (this.#events += length));
  }

  /** Of another thread. */
  addEvents(count: number): void {
    this.#events += count;
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

  async *#each<T>(items: AsyncIterable<T>, count: (item: T) => void): AsyncGenerator<T> {
    for await (const item of items) {
      count(item);
      this.#look();
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
