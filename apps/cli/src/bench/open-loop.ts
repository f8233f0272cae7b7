import { BatchPublisher } from '../replay/batch-publisher.ts';
import type { AnswerBook } from './answer-book.ts';
import type { BenchOptions } from './bench-options.ts';
import { loopedEvents } from './looped-events.ts';
import type { OwnEvents } from './own-events.ts';

const TICK_MS = 5;

/** Sends each event when it is due by the rate, or as soon after as it can: its time stays the one that was planned. */
export class OpenLoop {
  readonly #options: BenchOptions;
  readonly #own: OwnEvents;
  readonly #book: AnswerBook;
  readonly startedMs: number;
  #events = 0;
  #endedMs: number | null = null;

  constructor(options: BenchOptions, own: OwnEvents, book: AnswerBook) {
    this.#options = options;
    this.#own = own;
    this.#book = book;
    this.startedMs = options.clock.elapsed();
  }

  /** Events sent. */
  get events(): number {
    return this.#events;
  }

  /** When everything was sent and acknowledged (`Clock.elapsed()`); null before. */
  get endedMs(): number | null {
    return this.#endedMs;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { log, clock, events } = this.#options;
    const publisher = log.publisher();
    try {
      const batch = new BatchPublisher(publisher);
      await this.#sendAll(
        loopedEvents(events, () => this.#own.nextLoop()),
        batch,
        signal,
      );
      await batch.flush();
      this.#endedMs = clock.elapsed();
    } finally {
      await publisher.close();
    }
  }

  async #sendAll(events: ReturnType<typeof loopedEvents>, batch: BatchPublisher, signal: AbortSignal): Promise<void> {
    const { rate, durationMs, clock } = this.#options;
    const firstAt = clock.now();
    const count = Math.ceil((rate * durationMs) / 1000);
    for await (const event of events) {
      const sinceMs = (this.#events * 1000) / rate;
      while (clock.elapsed() < this.startedMs + sinceMs && !signal.aborted) {
        await batch.send();
        await clock.sleep(TICK_MS, signal);
      }
      if (signal.aborted) return;
      const { record, id, isRequest } = this.#own.of(event, firstAt + Math.floor(sinceMs));
      if (isRequest) this.#book.asked(id, this.startedMs + sinceMs);
      batch.add([record]);
      if (++this.#events === count) return;
      if (batch.isFull) await batch.send();
    }
  }
}
