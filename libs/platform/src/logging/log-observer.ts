import { isAppError, type Clock } from '@millrace/core';
import type { DeadLetter, InboundRecord, RecordTrace } from '@millrace/records';
import type { BatchOutput, RunnerObserver } from '@millrace/stream';

import type { ServiceLogger } from './service-logger.ts';

/** Dead letters are told at most so often, however many there are. */
const DEAD_LETTERS_EVERY_MS = 10_000;

/**
 * What a runner lives through, in log lines. Never what is in a record; a line about a batch carries `trace_id` and
 * `event_id` of the first of its records that is traced, one about dead letters those of the first that it tells of.
 */
export class LogObserver implements RunnerObserver {
  readonly #logger: ServiceLogger;
  readonly #clock: Clock;
  /** Not told yet. */
  #codes: Readonly<Record<string, number>> = {};
  #first: DeadLetter | null = null;
  #toldAtMs = -Infinity;
  /** Those of the transaction under way. */
  #records: readonly InboundRecord[] = [];

  constructor(logger: ServiceLogger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  assigned(partitions: readonly string[]): void {
    this.#logger.log(`${partitions.length} partitions assigned`, { partitions });
  }

  restored(task: string, records: number, tookMs: number): void {
    if (records === 0) return;
    this.#logger.log(`state of ${task} restored`, { task, records, took_ms: Math.round(tookMs) });
  }

  taken(records: readonly InboundRecord[]): void {
    this.#records = records;
  }

  abandoned(): void {
    this.#records = [];
  }

  committed(_records: readonly InboundRecord[], { deadLetters }: Pick<BatchOutput, 'deadLetters'>): void {
    this.#records = [];
    this.#first ??= deadLetters[0] ?? null;
    for (const { code } of deadLetters) this.#codes = { ...this.#codes, [code]: (this.#codes[code] ?? 0) + 1 };
    const nowMs = this.#clock.elapsed();
    if (this.#first === null || nowMs - this.#toldAtMs < DEAD_LETTERS_EVERY_MS) return;
    this.#tell(this.#first);
    this.#codes = {};
    this.#first = null;
    this.#toldAtMs = nowMs;
  }

  failed(error: unknown, action: 'retry' | 'rejoin' | 'bisect' | 'fatal'): void {
    const traced = traceFields(this.#records.find(({ trace }) => trace)?.trace);
    // the message of an error that a record caused may quote the record
    if (action === 'bisect') this.#logger.debug('a batch failed and is halved', { error: nameOf(error), ...traced });
    else if (action === 'fatal') this.#logger.error(error, { action, ...traced });
    else
      this.#logger.warn(isAppError(error) ? error.message : String(error), { action, error: nameOf(error), ...traced });
  }

  #tell({ topic, partition, offset, eventId, trace }: DeadLetter): void {
    const count = Object.values(this.#codes).reduce((sum, of) => sum + of, 0);
    this.#logger.warn(`${count} records became dead letters`, {
      dead_letters: count,
      codes: this.#codes,
      first: `${topic}/${partition}@${offset}`,
      ...traceFields(trace),
      ...(eventId !== undefined && { event_id: eventId }),
    });
  }
}

function nameOf(error: unknown): string {
  if (isAppError(error)) return error.code;
  return error instanceof Error ? error.name : typeof error;
}

function traceFields(trace: RecordTrace | undefined): { readonly trace_id?: string; readonly event_id?: string } {
  // version-traceid-parentid-flags, https://www.w3.org/TR/trace-context/#traceparent-header
  const id = trace?.traceparent.split('-')[1];
  return {
    ...(id !== undefined && { trace_id: id }),
    ...(trace?.eventId !== undefined && { event_id: trace.eventId }),
  };
}
