import type { AppError, Clock } from '@millrace/core';

import { Admission } from './admission.ts';
import { Alarm } from './alarm.ts';
import type { BatchExecutor } from './batch-executor.ts';
import type { BatchObserver, DropReason } from './batch-observer.ts';
import { decideBatch, type LeaveReason } from './batch-policy.ts';
import { Batch } from './batch.ts';
import { dropErrors } from './drop-errors.ts';
import { ExecutorLane } from './executor-lane.ts';
import { LatencyEstimate } from './latency-estimate.ts';
import { portions, type Portion, type QueueBounds } from './queue-bounds.ts';
import { retryAdviceMs } from './retry-advice.ts';
import type { RowOutcome } from './row-outcome.ts';
import { RowQueue } from './row-queue.ts';
import { isDoor, type Source } from './source.ts';
import { Submission } from './submission.ts';
import type { SubmitOptions } from './submit-options.ts';

export interface MicroBatcherOptions<Row, Result> {
  readonly executors: readonly BatchExecutor<Row, Result>[];
  readonly clock: Clock;
  /** The largest batch. */
  readonly maxRows: number;
  /** How long a row may take from its arrival to its result, as far as the batcher can help it. */
  readonly deadlineMs: number;
  /** How much of each source may wait here. More of a door's is refused; the topic's waits outside. */
  readonly bounds: QueueBounds;
  /** The size of a row, as the bounds count it; 0 when absent. */
  readonly bytesOf?: (row: Row) => number;
  readonly observer?: BatchObserver;
  /**
   * Calls back once when all that has arrived by now has been submitted. A door's rows wait for that, since requests that came
   * together are read one by one: the first of them would leave alone. They do not wait when absent.
   */
  readonly afterArrivals?: (then: () => void) => void;
}

/**
 * Gathers rows, whoever sent them, into batches for a few executors, and hands everyone their own results. When a batch
 * leaves is `decideBatch`'s to say, how long it will take `LatencyEstimate`'s, whose rows are in it `RowQueue`'s, and
 * who may wait `Admission`'s.
 */
export class MicroBatcher<Row, Result> {
  readonly #options: MicroBatcherOptions<Row, Result>;
  readonly #lanes: readonly ExecutorLane<Row, Result>[];
  readonly #queue = new RowQueue<Row, Result>();
  readonly #admission: Admission<Row, Result>;
  readonly #estimate = new LatencyEstimate();
  readonly #alarm: Alarm;
  #arriving = false;
  readonly #predictMs = (rows: number): number => this.#estimate.predictMs(rows);

  constructor(options: MicroBatcherOptions<Row, Result>) {
    this.#options = options;
    this.#lanes = options.executors.map((executor) => new ExecutorLane(executor));
    this.#admission = new Admission(this.#queue, options.bounds);
    this.#alarm = new Alarm(options.clock, () => this.#dispatch());
  }

  /** Rows of a source that wait for a batch, within the bounds. */
  queuedRows(source: Source): number {
    return this.#queue.of(source).rows;
  }

  /**
   * One outcome per row, in order; of a row that was not computed `DEADLINE_EXCEEDED` or `CANCELLED`. The topic's rows
   * wait for room first, in the order of their arrival.
   *
   * @throws Overloaded, for a door: too much waits. AppError `BODY_TOO_LARGE`, for a door: more than may ever wait.
   *   What an executor throws, where no row is to blame.
   */
  async submit(rows: readonly Row[], options: SubmitOptions = {}): Promise<readonly RowOutcome<Result>[]> {
    if (rows.length === 0) return [];
    const { bounds, bytesOf = () => 0 } = this.#options;
    const cut = portions(rows, bytesOf, bounds);
    const [only] = cut;
    if (only && cut.length === 1) return this.#submitPortion(only, options);
    if (isDoor(options.source ?? 'topic')) throw this.#tooLarge(rows.length, options);
    return (await Promise.all(cut.map((portion) => this.#submitPortion(portion, options)))).flat();
  }

  #submitPortion(portion: Portion<Row>, options: SubmitOptions): Promise<readonly RowOutcome<Result>[]> {
    const submission = new Submission<Row, Result>(this.#terms(portion, options));
    const { signal } = options;
    if (signal?.aborted) this.#cancel(submission);
    else if (!this.#admission.admit(submission)) throw this.#overloaded(submission);
    else if (signal) this.#cancelWith(submission, signal);
    if (isDoor(submission.terms.source)) this.#dispatchAfterArrivals();
    else this.#dispatch();
    return submission.outcomes;
  }

  #dispatchAfterArrivals(): void {
    const { afterArrivals } = this.#options;
    if (!afterArrivals) this.#dispatch();
    else if (!this.#arriving) {
      this.#arriving = true;
      afterArrivals(() => {
        this.#arriving = false;
        this.#dispatch();
      });
    }
  }

  #terms({ rows, bytes }: Portion<Row>, options: SubmitOptions) {
    const { clock, deadlineMs: aimMs } = this.#options;
    const { source = 'topic', priority = 'normal', deadlineMs = Infinity, explain = false } = options;
    const arrivedMs = options.arrivedMs ?? clock.elapsed();
    const dueMs = arrivedMs + aimMs;
    const expiresMs = isDoor(source) ? arrivedMs + deadlineMs : Infinity;
    return { rows, bytes, source, priority, arrivedMs, dueMs, expiresMs, explain };
  }

  #cancelWith(submission: Submission<Row, Result>, signal: AbortSignal): void {
    const cancel = (): void => {
      this.#cancel(submission);
      this.#dispatch();
    };
    const forget = (): void => signal.removeEventListener('abort', cancel);
    signal.addEventListener('abort', cancel);
    submission.outcomes.then(forget, forget);
  }

  /** Hands over what can leave, then sleeps until something happens or the next deadline comes. */
  #dispatch(): void {
    const { clock, maxRows } = this.#options;
    const nowMs = clock.elapsed();
    this.#expire(nowMs);
    this.#admission.refill();
    let untilMs = Infinity;
    for (let lane = this.#nextLane(nowMs); lane && untilMs === Infinity; lane = this.#nextLane(nowMs)) {
      if (this.#queue.rows === 0) break;
      const next = { idle: lane.batches === 0, maxRows, predictMs: this.#predictMs };
      const decision = decideBatch(this.#queue, next, nowMs);
      if ('untilMs' in decision) untilMs = decision.untilMs;
      else void this.#run(lane, decision.leave, nowMs);
    }
    this.#alarm.set(Math.min(untilMs, this.#queue.expiresMs));
  }

  /** None that rests, unless all do. */
  #nextLane(nowMs: number): ExecutorLane<Row, Result> | undefined {
    let least = this.#lanes[0];
    for (const lane of this.#lanes) if (least && lane.load(nowMs) < least.load(nowMs)) least = lane;
    return least?.hasRoom(this.#predictMs(this.#options.maxRows)) ? least : undefined;
  }

  async #run(lane: ExecutorLane<Row, Result>, reason: LeaveReason, nowMs: number): Promise<void> {
    const { clock, observer, maxRows } = this.#options;
    const batch = new Batch(this.#queue.take(maxRows), reason, nowMs);
    this.#admission.refill();
    try {
      const { outcomes, tookMs } = await lane.run(batch.rows, () => clock.elapsed());
      if (outcomes.every(({ ok }) => ok)) this.#estimate.observe(outcomes.length, tookMs);
      batch.settle(outcomes, tookMs);
      observer?.batch(batch.report(tookMs, clock.elapsed()));
    } catch (error) {
      for (const { submission } of batch.segments) {
        this.#queue.remove(submission);
        submission.fail(error);
      }
    }
    this.#dispatch();
  }

  #expire(nowMs: number): void {
    for (let next = this.#queue.expired(nowMs); next; next = this.#queue.expired(nowMs))
      this.#giveUp(next, 'expired', dropErrors.expired(next.terms));
  }

  #cancel(submission: Submission<Row, Result>): void {
    if (submission.waiting > 0) this.#giveUp(submission, 'cancelled', dropErrors.cancelled());
  }

  #giveUp(submission: Submission<Row, Result>, why: DropReason, error: AppError): void {
    this.#options.observer?.dropped(submission.terms.source, why, submission.waiting);
    this.#queue.remove(submission);
    submission.giveUp(error);
  }

  #tooLarge(rows: number, { source = 'topic' }: SubmitOptions): AppError {
    this.#options.observer?.dropped(source, 'refused', rows);
    return dropErrors.tooLarge(rows, this.#options.bounds);
  }

  #overloaded({ waiting, terms: { source } }: Submission<Row, Result>): AppError {
    const { observer, bounds, maxRows, deadlineMs } = this.#options;
    observer?.dropped(source, 'refused', waiting);
    const backlog = { rows: this.#queue.rows, maxRows, executors: this.#lanes.length };
    const retryAfterMs = retryAdviceMs(backlog, this.#predictMs, deadlineMs);
    return dropErrors.overloaded(this.#queue.of(source), waiting, bounds, retryAfterMs);
  }
}
