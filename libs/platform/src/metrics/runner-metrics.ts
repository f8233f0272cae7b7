import type { Clock } from '@millrace/core';
import { LETTER_CODES, type InboundRecord } from '@millrace/records';
import type { BatchOutput, BatchTimes, RunnerObserver } from '@millrace/stream';

import type { Counter } from './counter.ts';
import type { Histogram } from './histogram.ts';
import type { MetricRegistry } from './metric-registry.ts';

type Action = 'retry' | 'rejoin' | 'bisect' | 'fatal';
const ACTIONS: readonly Action[] = ['retry', 'rejoin', 'bisect', 'fatal'];

/** Rate, errors and durations of one stage. */
export class RunnerMetrics implements RunnerObserver {
  readonly #registry: MetricRegistry;
  readonly #clock: Clock;
  readonly #stage: string;
  readonly #records: Counter;
  readonly #outputs: Counter;
  readonly #deadLetters: Map<string, Counter>;
  readonly #transactions: Counter;
  readonly #abandoned: Counter;
  readonly #restored: Counter;
  readonly #errors: ReadonlyMap<Action, Counter>;
  readonly #batch: Histogram;
  readonly #process: Histogram;
  readonly #commit: Histogram;
  readonly #wait: Histogram;
  readonly #latency: Histogram;
  readonly #eventLatency: Histogram;

  constructor(registry: MetricRegistry, clock: Clock, stage: string) {
    this.#registry = registry;
    this.#clock = clock;
    this.#stage = stage;
    this.#records = registry.counter('millrace_stage_records_total', { stage });
    this.#outputs = registry.counter('millrace_stage_outputs_total', { stage });
    // from the start, as 0: the first of a kind is an increase then
    this.#deadLetters = new Map<string, Counter>(LETTER_CODES.map((code) => [code, this.#lettersOf(code)]));
    this.#transactions = registry.counter('millrace_stage_transactions_total', { stage });
    this.#abandoned = registry.counter('millrace_stage_abandoned_records_total', { stage });
    this.#restored = registry.counter('millrace_stage_restored_records_total', { stage });
    this.#errors = new Map(
      ACTIONS.map((action) => [action, registry.counter('millrace_stage_errors_total', { stage, action })]),
    );
    this.#batch = registry.histogram('millrace_stage_batch_records', { stage });
    this.#process = registry.histogram('millrace_stage_process_seconds', { stage });
    this.#commit = registry.histogram('millrace_stage_commit_seconds', { stage });
    this.#wait = registry.histogram('millrace_stage_queue_wait_seconds', { stage });
    this.#latency = registry.histogram('millrace_stage_latency_seconds', { stage });
    this.#eventLatency = registry.histogram('millrace_stage_event_latency_seconds', { stage });
  }

  committed(records: readonly InboundRecord[], output: BatchOutput, times: BatchTimes): void {
    this.#transactions.add();
    this.#outputs.add(output.outputs);
    for (const { code } of output.deadLetters) this.#letters(code).add();
    this.#commit.record(times.commitMs / 1000);
    const nowMs = this.#clock.now();
    for (const eventTimeMs of output.eventTimes) this.#eventLatency.record(secondsFrom(eventTimeMs, nowMs));
    if (records.length === 0) return;
    this.#records.add(records.length);
    this.#batch.record(records.length);
    this.#process.record(times.processMs / 1000);
    for (const record of records) {
      this.#wait.record(secondsFrom(record.timestamp, times.takenAtMs));
      this.#latency.record(secondsFrom(record.timestamp, nowMs));
      if (record.trace) this.#exemplify(record, nowMs);
    }
  }

  abandoned(records: readonly InboundRecord[]): void {
    this.#abandoned.add(records.length);
  }

  failed(_error: unknown, action: Action): void {
    this.#errors.get(action)?.add();
  }

  restored(_task: string, records: number): void {
    this.#restored.add(records);
  }

  #exemplify({ timestamp, trace }: InboundRecord, atMs: number): void {
    const traceId = trace?.traceparent.split('-')[1];
    if (traceId === undefined) return;
    this.#latency.exemplify({ value: secondsFrom(timestamp, atMs), traceId, atMs });
    if (trace?.eventTimeMs !== undefined)
      this.#eventLatency.exemplify({ value: secondsFrom(trace.eventTimeMs, atMs), traceId, atMs });
  }

  #letters(code: string): Counter {
    const counter = this.#deadLetters.get(code) ?? this.#lettersOf(code);
    this.#deadLetters.set(code, counter);
    return counter;
  }

  #lettersOf(code: string): Counter {
    return this.#registry.counter('millrace_stage_dead_letters_total', { stage: this.#stage, code });
  }
}

/** Clocks of two machines may differ: what was not yet is now. */
function secondsFrom(fromMs: number, toMs: number): number {
  return Math.max(0, toMs - fromMs) / 1000;
}
