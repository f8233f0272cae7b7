import { isAppError, type Clock } from '@millrace/core';
import type { InboundRecord } from '@millrace/records';
import type { RunnerObserver } from '@millrace/stream';

import type { ServiceLogger } from './service-logger.ts';

/** Dead letters are told at most so often, however many there are. */
const DEAD_LETTERS_EVERY_MS = 10_000;

/**
 * What a runner lives through, in log lines. Never what is in a record; a line about a batch carries the `trace_id` of the
 * first of its records that is traced.
 */
export class LogObserver implements RunnerObserver {
  readonly #logger: ServiceLogger;
  readonly #clock: Clock;
  #deadLetters = 0;
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

  committed(records: readonly InboundRecord[], { deadLetters }: { deadLetters: number }): void {
    this.#records = [];
    this.#deadLetters += deadLetters;
    const nowMs = this.#clock.elapsed();
    if (this.#deadLetters === 0 || nowMs - this.#toldAtMs < DEAD_LETTERS_EVERY_MS) return;
    this.#logger.warn(`${this.#deadLetters} records became dead letters`, {
      dead_letters: this.#deadLetters,
      ...traceOf(records),
    });
    this.#deadLetters = 0;
    this.#toldAtMs = nowMs;
  }

  failed(error: unknown, action: 'retry' | 'rejoin' | 'bisect' | 'fatal'): void {
    const traced = traceOf(this.#records);
    // the message of an error that a record caused may quote the record
    if (action === 'bisect') this.#logger.debug('a batch failed and is halved', { error: nameOf(error), ...traced });
    else if (action === 'fatal') this.#logger.error(error, { action, ...traced });
    else
      this.#logger.warn(isAppError(error) ? error.message : String(error), { action, error: nameOf(error), ...traced });
  }
}

function nameOf(error: unknown): string {
  if (isAppError(error)) return error.code;
  return error instanceof Error ? error.name : typeof error;
}

function traceOf(records: readonly InboundRecord[]): { readonly trace_id?: string } {
  const traceparent = records.find(({ trace }) => trace)?.trace?.traceparent;
  // version-traceid-parentid-flags, https://www.w3.org/TR/trace-context/#traceparent-header
  const id = traceparent?.split('-')[1];
  return id === undefined ? {} : { trace_id: id };
}
