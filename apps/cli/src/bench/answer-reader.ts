import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { headerText, NO_HEADERS, partitionKey, type InboundRecord } from '@millrace/records';
import type { FetchPosition, RecordSource } from '@millrace/stream';

import { deadLetterView, originOf } from '../topics/dead-letter-view.ts';
import { RecordReader } from '../topics/record-reader.ts';
import type { AnswerBook } from './answer-book.ts';
import type { BenchOptions } from './bench-options.ts';

const LIMITS = { maxWaitMs: 200, maxBytes: 8 << 20, maxBytesPerPartition: 1 << 20 };

/** Reads what becomes of events, committed records only, from where the topics ended when it was opened. */
export class AnswerReader {
  readonly #plan: Plan;
  readonly #clock: Clock;
  readonly #book: AnswerBook;
  readonly #ceSource: string;
  readonly #source: RecordSource;
  readonly #events: RecordReader;
  #positions: readonly FetchPosition[] = [];

  /** @param ceSource what this run's events, and no others, have as `ce_source` */
  constructor({ plan, log, clock }: BenchOptions, ceSource: string, book: AnswerBook) {
    this.#plan = plan;
    this.#clock = clock;
    this.#book = book;
    this.#ceSource = ceSource;
    this.#source = log.source();
    this.#events = new RecordReader(log.source());
  }

  /** From here on it misses nothing. */
  async open(): Promise<void> {
    const { names, topics } = this.#plan;
    const places = [names.predictions, names.dlq].flatMap((topic) =>
      Array.from({ length: topics.partitions }, (_, partition) => ({ topic, partition })),
    );
    const bounds = await this.#source.bounds(places);
    this.#positions = places.map((at) => ({ ...at, offset: bounds.get(partitionKey(at))?.lastStable ?? 0 }));
  }

  /** Takes what has come; waits a little where nothing has. @returns how many records came */
  async read(): Promise<number> {
    const chunks = await this.#source.fetch(this.#positions, LIMITS);
    const atMs = this.#clock.elapsed();
    const next = new Map(chunks.map((chunk) => [partitionKey(chunk), chunk.next]));
    this.#positions = this.#positions.map((at) => ({ ...at, offset: next.get(partitionKey(at)) ?? at.offset }));
    let count = 0;
    for (const { topic, records } of chunks) {
      count += records.length;
      for (const record of records) {
        if (topic === this.#plan.names.dlq) await this.#noteLetter(record);
        else this.#book.answered(headerText(record.headers, 'ce_id') ?? '', atMs);
      }
    }
    return count;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#source.close(), this.#events.close()]);
  }

  /** A letter of ingest has its event's headers; one of a later stage only says where the event is. */
  async #noteLetter(record: InboundRecord): Promise<void> {
    const letter = deadLetterView(record);
    const place = originOf(letter);
    const known = headerText(record.headers, 'ce_source') !== undefined || place === null;
    const headers = known ? record.headers : ((await this.#events.read(place))?.headers ?? NO_HEADERS);
    if (headerText(headers, 'ce_source') !== this.#ceSource) return;
    this.#book.refused(headerText(headers, 'ce_id') ?? '', letter.code ?? 'unknown');
  }
}
