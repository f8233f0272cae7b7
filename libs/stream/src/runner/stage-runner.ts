import { AppError, isAppError } from '@millrace/core';
import { partitionKey, type TopicPartition } from '@millrace/records';

import type { GroupIdentity, GroupMember } from '../ports/group-member.ts';
import type { LogAdmin } from '../ports/log-admin.ts';
import type { RecordSource } from '../ports/record-source.ts';
import type { StageOutput } from '../stage.ts';
import { Backoff } from './backoff.ts';
import { Caution } from './caution.ts';
import { Committer } from './committer.ts';
import { FencingGuard } from './fencing-guard.ts';
import { FetchLoop } from './fetch-loop.ts';
import { jumpIntoRange } from './jump-into-range.ts';
import { Pace } from './pace.ts';
import { processWork } from './process-work.ts';
import { recoveryFrom } from './recovery-from.ts';
import { DEFAULT_LIMITS, type RunnerLimits, type RunnerStatus, type StageRunnerOptions } from './runner-options.ts';
import { TaskKeeper } from './task-keeper.ts';
import { Wakeup } from './wakeup.ts';
import { WorkPicker } from './work-picker.ts';
import { mustCount, type Work } from './work.ts';

/**
 * Runs one stage as one member of a group with one transactional producer, exactly once. The steps of each round:
 *
 * 1. take what has been fetched;
 * 2. process it, bisecting a batch that fails;
 * 3. begin a transaction and send outputs and dead letters;
 * 4. send the position of every partition of the tasks touched, with its marker, as this member of this generation;
 * 5. commit; the states settle when the commit is acknowledged.
 *
 * On any doubt: drop the producer, take a new one under the same transactional id, read the committed offsets (stable),
 * and go by what they say (`reconcile.ts`). While one transaction commits, what arrives gathers for the next: group
 * commit without a timer.
 */
export class StageRunner {
  readonly #options: StageRunnerOptions;
  readonly #limits: RunnerLimits;
  readonly #source: RecordSource;
  readonly #member: GroupMember;
  readonly #admin: LogAdmin;
  readonly #keeper: TaskKeeper;
  readonly #committer: Committer;
  readonly #picker: WorkPicker;
  readonly #arrivals: Wakeup;
  readonly #room: Wakeup;
  readonly #backoff: Backoff;
  readonly #fencings: FencingGuard;
  readonly #pace: Pace;
  readonly #caution: Caution;
  #identity: GroupIdentity | null = null;
  #assigned: readonly TopicPartition[] = [];
  #mustJoin = true;
  #mustReconcile = true;
  /** Taken and not acknowledged. */
  #current: Work | null = null;
  #fatal: unknown = null;
  #stopping = false;
  #finished: Promise<void> | null = null;
  #lastCommitAtMs: number | null = null;

  constructor(options: StageRunnerOptions) {
    const { stage, log, clock } = options;
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#source = log.source();
    this.#admin = log.admin();
    this.#committer = new Committer(options);
    this.#member = log.member({
      groupId: options.groupId,
      inputs: stage.inputs,
      sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
      ...(options.instanceId === undefined ? {} : { instanceId: options.instanceId }),
      onRebalance: () => this.#onRebalance(),
    });
    this.#arrivals = new Wakeup(clock);
    this.#room = new Wakeup(clock);
    this.#backoff = new Backoff(clock);
    this.#fencings = new FencingGuard(clock);
    this.#pace = new Pace(this.#limits.batchMs, this.#limits.batchRecords);
    this.#caution = new Caution(this.#limits.batchRecords);
    this.#keeper = new TaskKeeper({
      runner: options,
      source: this.#source,
      admin: this.#admin,
      member: this.#member,
      onReady: () => this.#room.wake(),
      onFailed: (error, again) => this.#onRestoreFailed(error, again),
    });
    this.#picker = new WorkPicker({
      stage,
      clock,
      book: this.#keeper.book,
      bytes: this.#limits.batchBytes,
      from: options.from,
      onTaken: () => this.#room.wake(),
    });
  }

  /** Until `stop` or the signal; rejects with the error that cannot be dealt with. */
  run(signal?: AbortSignal): Promise<void> {
    signal?.addEventListener('abort', () => this.#requestStop(), { once: true });
    this.#finished ??= this.#run();
    return this.#finished;
  }

  /** Lets the running transaction end, gives the partitions back, closes. */
  async stop(): Promise<void> {
    this.#requestStop();
    await this.#finished?.catch(() => undefined);
  }

  status(): RunnerStatus {
    const { clock } = this.#options;
    return {
      joined: this.#identity !== null && !this.#mustJoin && this.#fatal === null,
      lastCommitAgeMs: this.#lastCommitAtMs === null ? null : clock.elapsed() - this.#lastCommitAtMs,
      ...this.#keeper.book.status(),
    };
  }

  #requestStop(): void {
    this.#stopping = true;
    this.#arrivals.wake();
    this.#room.wake();
  }

  #onRebalance(): void {
    this.#mustJoin = true;
    this.#arrivals.wake();
  }

  async #run(): Promise<void> {
    this.#options.stage.started?.(() => this.#arrivals.wake());
    const fetching = this.#fetchLoop();
    const fetched = fetching.run().catch((error: unknown) => this.#end(error));
    try {
      while (!this.#stopping) await this.#round().catch((error: unknown) => this.#recover(error));
      await this.#takeCountsBack().catch((error: unknown) => this.#options.observer?.failed?.(error, 'retry'));
    } catch (error) {
      this.#fatal = error;
      throw error;
    } finally {
      this.#stopping = true;
      fetching.stop();
      this.#room.wake();
      await this.#close(fetched);
    }
  }

  async #close(fetched: Promise<void>): Promise<void> {
    const closed = this.#keeper.closeAll();
    await this.#committer.drop();
    if (this.#mustLeave()) await this.#member.leave().catch(() => undefined);
    await Promise.allSettled([this.#member.close(), this.#source.close(), this.#admin.close(), fetched, closed]);
  }

  /** A static member is expected back, unless it was told otherwise or cannot go on. */
  #mustLeave(): boolean {
    const { instanceId, leave } = this.#options;
    if (isAppError(this.#fatal, 'INSTANCE_FENCED')) return false;
    return instanceId === undefined || leave === true || this.#fatal !== null;
  }

  #fetchLoop(): FetchLoop {
    return new FetchLoop({
      source: this.#source,
      clock: this.#options.clock,
      limits: this.#limits,
      lanes: () => this.#keeper.book.readyLanes(),
      onFetched: () => this.#arrivals.wake(),
      onError: (error) => this.#onFetchError(error),
      idle: () => this.#current === null,
      pace: this.#pace,
      room: this.#room,
    });
  }

  async #onFetchError(error: unknown): Promise<void> {
    this.#options.observer?.failed?.(error, 'retry');
    const to = this.#options.onOutOfRange ?? 'stop';
    const jumps = to !== 'stop' && isAppError(error, 'OFFSET_OUT_OF_RANGE');
    if (jumps) await jumpIntoRange(this.#source, this.#keeper.book.readyLanes(), to);
    if (!jumps && (!isAppError(error) || error.class === 'fatal')) this.#end(error);
    await this.#options.clock.sleep(this.#backoff.nextMs());
  }

  #end(error: unknown): void {
    this.#fatal = error;
    this.#arrivals.wake();
  }

  #onRestoreFailed(error: unknown, again: boolean): void {
    this.#options.observer?.failed?.(error, again ? 'retry' : 'fatal');
    if (again) this.#mustReconcile = true;
    else this.#fatal = error;
    this.#arrivals.wake();
  }

  async #round(): Promise<void> {
    if (this.#fatal !== null) throw this.#fatal;
    if (this.#mustJoin) await this.#join();
    if (!this.#committer.hasProducer) await this.#takeProducer();
    if (this.#mustReconcile) await this.#reconcile();
    this.#current = this.#picker.next(this.#caution.limit ?? this.#pace.records());
    const work = this.#current;
    if (work === null) await this.#arrivals.wait(this.#options.stage.wakeEveryMs ?? 1000);
    else await this.#transact(work);
  }

  async #join(): Promise<void> {
    this.#mustJoin = false; // set again where the group moves on meanwhile
    try {
      await this.#keeper.countPartitions();
      const { identity, partitions } = await this.#member.join();
      this.#identity = identity;
      this.#assigned = partitions;
    } catch (error) {
      this.#mustJoin = true;
      throw error;
    }
    this.#mustReconcile = true;
    this.#options.stage.joined?.(this.#identity.memberId);
    this.#options.observer?.assigned?.(this.#assigned.map(partitionKey));
  }

  async #takeProducer(): Promise<void> {
    await this.#committer.take();
    this.#mustReconcile = true;
  }

  async #reconcile(): Promise<void> {
    const committed = await this.#member.committed(this.#assigned);
    this.#mustReconcile = false;
    this.#caution.keepTo(this.#assigned);
    await this.#keeper.reconcile(this.#assigned, committed, this.#current);
    this.#current = null;
    this.#room.wake();
  }

  async #transact(work: Work): Promise<void> {
    const { clock, observer } = this.#options;
    observer?.taken?.(work.records);
    if (mustCount(work)) await this.#count(work);
    const startedAt = clock.elapsed();
    const output = await processWork(this.#options, work, this.#caution.verdict(work.records)); // step 2
    const processedAt = clock.elapsed();
    await this.#commit(work, output); // steps 3 to 5
    for (const task of work.tasks) this.#keeper.acknowledge(task, work);
    this.#current = null;
    this.#lastCommitAtMs = clock.elapsed();
    this.#backoff.reset();
    this.#caution.committed(work.records);
    this.#pace.learn(work.records.length, processedAt - startedAt);
    observer?.committed?.(
      work.records,
      { outputs: output.records.length, deadLetters: output.deadLetters, eventTimes: output.eventTimes ?? [] },
      { takenAtMs: work.takenAtMs, processMs: processedAt - startedAt, commitMs: this.#lastCommitAtMs - processedAt },
    );
  }

  async #count(work: Work): Promise<void> {
    work.counting = true;
    await this.#committer.count(work, this.#identity as GroupIdentity);
    for (const task of work.tasks) this.#keeper.acknowledge(task, work);
    work.counting = false;
    for (const lane of work.ends.keys()) work.ends.set(lane, null);
  }

  async #commit(work: Work, output: StageOutput): Promise<void> {
    try {
      await this.#committer.commit(work, output, this.#identity as GroupIdentity);
    } catch (error) {
      if (!isAppError(error, 'RECORD_REFUSED') || this.#caution.refused(work.records, error)) throw error;
      throw new AppError('DEAD_LETTER_REFUSED', error.detail, { cause: error });
    }
  }

  /** A stop is not a death: what was counted, and survived, and could not be committed, is not held against anybody. */
  async #takeCountsBack(): Promise<void> {
    const lanes = this.#keeper.book.readyLanes().filter((lane) => lane.trial.hasSurvived);
    if (lanes.length === 0 || this.#mustJoin) return;
    if (!this.#committer.hasProducer) await this.#takeProducer();
    if (this.#mustReconcile) await this.#reconcile();
    await this.#count(this.#picker.nothingOf(lanes));
  }

  async #recover(error: unknown): Promise<void> {
    const { observer, clock } = this.#options;
    const action = recoveryFrom(error);
    observer?.failed?.(error, action);
    if (action === 'fatal') throw error;
    if (this.#current) observer?.abandoned?.(this.#current.records);
    if (isAppError(error, 'PRODUCER_FENCED')) this.#fencings.note();
    this.#mustJoin ||= action === 'rejoin';
    this.#mustReconcile = true;
    await this.#committer.drop();
    if (!isAppError(error, 'RECORD_REFUSED')) await clock.sleep(this.#backoff.nextMs());
  }
}
