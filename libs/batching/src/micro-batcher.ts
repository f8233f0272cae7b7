import type { Clock } from '@millrace/core';

import type { BatchExecutor } from './batch-executor.ts';
import { decideBatch, type LeaveReason } from './batch-policy.ts';
import { ExecutorLane } from './executor-lane.ts';
import { LatencyEstimate } from './latency-estimate.ts';
import type { RowOutcome } from './row-outcome.ts';
import { RowQueue } from './row-queue.ts';
import { Submission, type Segment } from './submission.ts';

/** A batch that has been run. */
export interface BatchReport {
  readonly reason: LeaveReason;
  readonly rows: number;
  /** How long its oldest row had waited when it left. */
  readonly waitedMs: number;
  /** How long the executor worked on it. */
  readonly tookMs: number;
}

export interface MicroBatcherOptions<Row, Result> {
  readonly executors: readonly BatchExecutor<Row, Result>[];
  readonly clock: Clock;
  /** The largest batch. */
  readonly maxRows: number;
  /** How long a row may take from its arrival to its result, as far as the batcher can help it. */
  readonly deadlineMs: number;
  /** More than so many rows do not wait here: `submit` then waits itself. */
  readonly maxQueuedRows: number;
  /** Metrics. Must not throw. */
  readonly onBatch?: (report: BatchReport) => void;
}

/**
 * Gathers rows, whoever sent them, into batches for a few executors, and hands everyone their own results. When a batch
 * leaves is `decideBatch`'s to say, how long it will take `LatencyEstimate`'s.
 */
export class MicroBatcher<Row, Result> {
  readonly #options: MicroBatcherOptions<Row, Result>;
  readonly #lanes: readonly ExecutorLane<Row, Result>[];
  readonly #queue = new RowQueue<Row, Result>();
  readonly #estimate = new LatencyEstimate();
  readonly #waitForRoom: (() => void)[] = [];
  #alarm: AbortController | null = null;

  constructor(options: MicroBatcherOptions<Row, Result>) {
    this.#options = options;
    this.#lanes = options.executors.map((executor) => new ExecutorLane(executor));
  }

  /** Rows that wait for a batch: a door that would rather refuse than wait looks here first. */
  get queuedRows(): number {
    return this.#queue.rows;
  }

  /**
   * One outcome per row, in order. Waits first while too many rows wait already.
   *
   * @throws what an executor throws, where no row is to blame
   */
  async submit(rows: readonly Row[]): Promise<readonly RowOutcome<Result>[]> {
    if (rows.length === 0) return [];
    if (!this.#hasRoom(rows.length) || this.#waitForRoom.length > 0) await this.#roomFor(rows.length);
    const submission = new Submission<Row, Result>(rows, this.#options.clock.elapsed());
    this.#queue.add(submission);
    this.#dispatch();
    return submission.outcomes;
  }

  /** An empty queue takes any submission: one that is larger than the bound must not wait for ever. */
  #hasRoom(rows: number): boolean {
    const queued = this.#queue.rows;
    return queued === 0 || queued + rows <= this.#options.maxQueuedRows;
  }

  async #roomFor(rows: number): Promise<void> {
    do await new Promise<void>((resolve) => this.#waitForRoom.push(resolve));
    while (!this.#hasRoom(rows));
  }

  #dispatch(): void {
    this.#alarm?.abort();
    this.#alarm = null;
    for (let lane = this.#nextLane(); lane && this.#queue.rows > 0; lane = this.#nextLane()) {
      const decision = this.#decide(lane);
      if ('untilMs' in decision) {
        void this.#dispatchAt(decision.untilMs);
        break;
      }
      void this.#run(lane, this.#queue.take(this.#options.maxRows), decision.leave);
    }
    this.#waitForRoom.shift()?.();
  }

  #nextLane(): ExecutorLane<Row, Result> | undefined {
    const least = this.#lanes.reduce<ExecutorLane<Row, Result> | undefined>(
      (best, lane) => (best && best.batches <= lane.batches ? best : lane),
      undefined,
    );
    return least?.hasRoom ? least : undefined;
  }

  #decide(lane: ExecutorLane<Row, Result>) {
    const { clock, deadlineMs, maxRows } = this.#options;
    const nowMs = clock.elapsed();
    const oldestDeadlineMs = (this.#queue.oldestArrivedMs ?? nowMs) + deadlineMs;
    const waiting = { rows: this.#queue.rows, oldestDeadlineMs, nowMs, idle: lane.batches === 0 };
    return decideBatch(waiting, maxRows, (rows) => this.#estimate.predictMs(rows));
  }

  async #dispatchAt(untilMs: number): Promise<void> {
    const { clock } = this.#options;
    const alarm = new AbortController();
    this.#alarm = alarm;
    await clock.sleep(untilMs - clock.elapsed(), alarm.signal);
    if (!alarm.signal.aborted) this.#dispatch();
  }

  async #run(
    lane: ExecutorLane<Row, Result>,
    segments: readonly Segment<Row, Result>[],
    reason: LeaveReason,
  ): Promise<void> {
    const { clock, onBatch } = this.#options;
    const rows = segments.flatMap((segment) => segment.rows);
    const waitedMs = clock.elapsed() - (segments[0]?.submission.arrivedMs ?? 0);
    try {
      const { outcomes, tookMs } = await lane.run(rows, () => clock.elapsed());
      this.#estimate.observe(rows.length, tookMs);
      onBatch?.({ reason, rows: rows.length, waitedMs, tookMs });
      let at = 0;
      for (const { submission, from, rows: own } of segments)
        submission.settle(from, outcomes.slice(at, (at += own.length)));
    } catch (error) {
      for (const { submission } of segments) {
        this.#queue.drop(submission);
        submission.fail(error);
      }
    }
    this.#dispatch();
  }
}
