import type { Clock } from '@millrace/core';
import type { InboundRecord } from '@millrace/records';
import type { BatchTimes, RunnerObserver, RunnerStatus } from '@millrace/stream';

import type { Counter } from './counter.ts';
import { BATCH_RECORDS, LATENCY_SECONDS, type Histogram } from './histogram.ts';
import type { MetricRegistry } from './metric-registry.ts';

type Action = 'retry' | 'rejoin' | 'bisect' | 'fatal';
const ACTIONS: readonly Action[] = ['retry', 'rejoin', 'bisect', 'fatal'];

/** Rate, errors and durations of one stage, with its lag. */
export class RunnerMetrics implements RunnerObserver {
  readonly #clock: Clock;
  readonly #records: Counter;
  readonly #outputs: Counter;
  readonly #deadLetters: Counter;
  readonly #transactions: Counter;
  readonly #abandoned: Counter;
  readonly #restored: Counter;
  readonly #errors: Readonly<Record<Action, Counter>>;
  readonly #batch: Histogram;
  readonly #process: Histogram;
  readonly #commit: Histogram;
  readonly #wait: Histogram;
  readonly #latency: Histogram;

  constructor(registry: MetricRegistry, clock: Clock, stage: string) {
    const attributes = { stage };
    const counter = (name: string, description: string): Counter => registry.counter({ name, description, attributes });
    const seconds = (name: string, description: string): Histogram =>
      registry.histogram({ name, description, attributes }, LATENCY_SECONDS);
    this.#clock = clock;
    this.#records = counter('millrace_stage_records_total', 'Records processed and committed');
    this.#outputs = counter('millrace_stage_outputs_total', 'Records written');
    this.#deadLetters = counter('millrace_stage_dead_letters_total', 'Records given up');
    this.#transactions = counter('millrace_stage_transactions_total', 'Transactions committed');
    this.#abandoned = counter(
      'millrace_stage_abandoned_records_total',
      'Records of transactions that did not commit; they come again',
    );
    this.#restored = counter('millrace_stage_restored_records_total', 'Records read to restore state');
    this.#errors = Object.fromEntries(
      ACTIONS.map((action) => [
        action,
        registry.counter({
          name: 'millrace_stage_errors_total',
          description: 'Errors, by what was done about them',
          attributes: { stage, action },
        }),
      ]),
    ) as Record<Action, Counter>;
    this.#batch = registry.histogram(
      { name: 'millrace_stage_batch_records', description: 'Records in one transaction', attributes },
      BATCH_RECORDS,
    );
    this.#process = seconds('millrace_stage_process_seconds', 'Processing the records of one transaction');
    this.#commit = seconds('millrace_stage_commit_seconds', 'Sending and committing one transaction');
    this.#wait = seconds('millrace_stage_queue_wait_seconds', "From a record's timestamp until it was taken");
    this.#latency = seconds(
      'millrace_stage_latency_seconds',
      "From a record's timestamp until what it led to was committed",
    );
  }

  committed(
    records: readonly InboundRecord[],
    counts: { outputs: number; deadLetters: number },
    times: BatchTimes,
  ): void {
    this.#transactions.add();
    this.#outputs.add(counts.outputs);
    this.#deadLetters.add(counts.deadLetters);
    this.#commit.record(times.commitMs / 1000);
    if (records.length === 0) return;
    this.#records.add(records.length);
    this.#batch.record(records.length);
    this.#process.record(times.processMs / 1000);
    const now = this.#clock.now();
    for (const { timestamp } of records) {
      this.#wait.record(Math.max(0, times.takenAtMs - timestamp) / 1000);
      this.#latency.record(Math.max(0, now - timestamp) / 1000);
    }
  }

  abandoned(records: readonly InboundRecord[]): void {
    this.#abandoned.add(records.length);
  }

  failed(_error: unknown, action: Action): void {
    this.#errors[action].add();
  }

  restored(_task: string, records: number): void {
    this.#restored.add(records);
  }
}

/** What the runner knows at any time. */
export function addStatusGauges(registry: MetricRegistry, stage: string, status: () => RunnerStatus): void {
  const gauge = (name: string, description: string, read: (status: RunnerStatus) => number | null): void =>
    registry.gauge({ name, description, attributes: { stage } }, () => read(status()));
  gauge(
    'millrace_stage_lag_records',
    'Records between what was handed over and the last stable offsets',
    ({ lagRecords }) => lagRecords,
  );
  gauge('millrace_stage_assigned_partitions', 'Partitions that this instance has', ({ assigned }) => assigned);
  gauge('millrace_stage_restoring_tasks', 'Tasks whose state is being restored', ({ restoring }) => restoring);
  gauge('millrace_stage_joined', '1 while it is a member of its group', ({ joined }) => (joined ? 1 : 0));
  gauge('millrace_stage_last_commit_age_seconds', 'Since the latest commit', ({ lastCommitAgeMs }) =>
    lastCommitAgeMs === null ? null : lastCommitAgeMs / 1000,
  );
}
