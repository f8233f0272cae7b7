import { AppError, isAppError } from '@millrace/core';
import { deadLetterRecord, partitionKey, type InboundRecord, type OutboundRecord } from '@millrace/records';
import type { GroupIdentity, GroupMember } from '../ports/group-member.ts';
import type { RecordSource } from '../ports/record-source.ts';
import type { CommitPosition, TransactionalProducer } from '../ports/transactional-producer.ts';
import type { StageOutput, TakePolicy } from '../stage.ts';
import { Backoff } from './backoff.ts';
import { processBisecting } from './bisect.ts';
import { FencingGuard } from './fencing-guard.ts';
import { FetchLoop } from './fetch-loop.ts';
import type { InputLane } from './input-lane.ts';
import { encodeMarker } from './marker.ts';
import { openTask } from './open-task.ts';
import { Pace } from './pace.ts';
import { standing } from './reconcile.ts';
import { restoreRanges, type RestoreRange } from './restore-task.ts';
import { DEFAULT_LIMITS, type RunnerLimits, type RunnerStatus, type StageRunnerOptions } from './runner-options.ts';
import { groupIntoTasks, type Task } from './task.ts';
import { TaskBook } from './task-book.ts';
import { takeInRotation } from './take-in-rotation.ts';
import { Wakeup } from './wakeup.ts';

/** Something to be made one transaction of. */
interface Work {
  readonly records: readonly InboundRecord[];
  readonly tasks: readonly Task[];
  readonly takenAtMs: number;
  /** Given where the stage woke by itself; otherwise processing the records gives it. */
  readonly output: StageOutput | null;
}

/** The one record whose outputs the broker does not take. */
interface Culprit {
  readonly partition: string;
  readonly offset: number;
  readonly error: AppError;
}

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
  readonly #take: TakePolicy;
  readonly #source: RecordSource;
  readonly #member: GroupMember;
  readonly #book = new TaskBook();
  readonly #arrivals: Wakeup;
  readonly #room: Wakeup;
  readonly #backoff: Backoff;
  readonly #fencings: FencingGuard;
  readonly #pace: Pace;
  readonly #restores = new Set<Promise<void>>();
  #producer: TransactionalProducer | null = null;
  #identity: GroupIdentity | null = null;
  #assigned: readonly { topic: string; partition: number }[] = [];
  #mustJoin = true;
  #mustReconcile = true;
  /** What was taken and is not acknowledged: each lane's end in the transaction, NaN before it was sent. */
  #inDoubt: Map<InputLane, number> | null = null;
  /** After a refused transaction: how many records the next may have, and the culprit once it was alone. */
  #caution: { limit: number; culprit: Culprit | null } | null = null;
  #current: Work | null = null;
  #fatal: unknown = null;
  #stopping = false;
  #finished: Promise<void> | null = null;
  #wokeAtMs = 0;
  #lastCommitAtMs: number | null = null;

  constructor(options: StageRunnerOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    const { stage, log, clock } = options;
    this.#take = stage.take?.bind(stage) ?? takeInRotation();
    this.#source = log.source();
    this.#arrivals = new Wakeup((ms, signal) => clock.sleep(ms, signal));
    this.#room = new Wakeup((ms, signal) => clock.sleep(ms, signal));
    this.#backoff = new Backoff(clock);
    this.#fencings = new FencingGuard(clock);
    this.#pace = new Pace(this.#limits.batchMs, this.#limits.batchRecords);
    this.#member = log.member({
      groupId: options.groupId,
      inputs: stage.inputs,
      sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
      ...(options.instanceId === undefined ? {} : { instanceId: options.instanceId }),
      onRebalance: () => {
        this.#mustJoin = true;
        this.#arrivals.wake();
      },
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
    const tasks = this.#book.all();
    const lanes = tasks.flatMap((task) => task.lanes);
    return {
      joined: this.#identity !== null && !this.#mustJoin,
      assigned: lanes.length,
      restoring: tasks.filter((task) => !task.ready).length,
      lastCommitAgeMs: this.#lastCommitAtMs === null ? null : this.#options.clock.elapsed() - this.#lastCommitAtMs,
      lagRecords: lanes.reduce((sum, lane) => sum + Math.max(0, lane.lastStable - lane.position), 0),
    };
  }

  #requestStop(): void {
    this.#stopping = true;
    this.#arrivals.wake();
    this.#room.wake();
  }

  async #run(): Promise<void> {
    const fetching = this.#fetchLoop();
    const fetched = fetching.run();
    try {
      while (!this.#stopping) await this.#round().catch((error: unknown) => this.#recover(error));
    } finally {
      this.#stopping = true;
      fetching.stop();
      this.#room.wake();
      await this.#close(fetched);
    }
  }

  async #close(fetched: Promise<void>): Promise<void> {
    for (const task of this.#book.all()) this.#closeTask(task);
    await Promise.allSettled([this.#producer?.close()]);
    if (this.#options.instanceId === undefined) await this.#member.leave().catch(() => undefined);
    await Promise.allSettled([this.#member.close(), this.#source.close(), fetched, ...this.#restores]);
  }

  #fetchLoop(): FetchLoop {
    return new FetchLoop({
      source: this.#source,
      clock: this.#options.clock,
      limits: this.#limits,
      lanes: () => this.#book.readyLanes(),
      onFetched: () => this.#arrivals.wake(),
      onError: (error) => this.#onFetchError(error),
      room: () => this.#room.wait(1000),
    });
  }

  async #onFetchError(error: unknown): Promise<void> {
    this.#options.observer?.failed?.(error, 'retry');
    if (isAppError(error) && error.class !== 'fatal') {
      await this.#options.clock.sleep(this.#backoff.nextMs());
      return;
    }
    if (isAppError(error, 'OFFSET_OUT_OF_RANGE') && (await this.#jump())) return;
    this.#fatal = error;
    this.#arrivals.wake();
    await this.#room.wait(1000);
  }

  /** `on_out_of_range: earliest | latest`: goes on at an end of the log. False: that is not wanted. */
  async #jump(): Promise<boolean> {
    const to = this.#options.onOutOfRange ?? 'stop';
    if (to === 'stop') return false;
    const lanes = this.#book.readyLanes();
    const bounds = await this.#source.bounds(lanes);
    for (const lane of lanes) {
      const range = bounds.get(partitionKey(lane));
      if (range && (lane.fetchFrom < range.first || lane.fetchFrom > range.lastStable)) {
        lane.jump(to === 'earliest' ? range.first : range.lastStable);
      }
    }
    return true;
  }

  async #round(): Promise<void> {
    if (this.#fatal !== null) throw this.#fatal;
    if (this.#mustJoin) await this.#join();
    if (this.#producer === null) await this.#takeProducer();
    if (this.#mustReconcile) await this.#reconcile();
    const work = this.#nextWork();
    if (work === null) await this.#arrivals.wait(this.#options.stage.wakeEveryMs ?? 1000);
    else await this.#transact(work);
  }

  async #join(): Promise<void> {
    this.#mustJoin = false;
    const assignment = await this.#member.join();
    this.#identity = assignment.identity;
    this.#assigned = assignment.partitions;
    this.#mustReconcile = true;
    this.#options.observer?.assigned?.(assignment.partitions.map(partitionKey));
  }

  async #takeProducer(): Promise<void> {
    const { log, transactionalId, transactionTimeoutMs } = this.#options;
    const producer = log.transactionalProducer({ transactionalId, timeoutMs: transactionTimeoutMs ?? 3000 });
    await producer.init();
    this.#producer = producer;
    this.#mustReconcile = true;
  }

  async #reconcile(): Promise<void> {
    const committed = await this.#member.committed(this.#assigned);
    const wanted = groupIntoTasks(this.#options.stage.inputs, this.#assigned);
    for (const task of this.#book.all()) this.#settleAccount(task, wanted.has(task.key), committed);
    this.#inDoubt = null;
    for (const [key, partitions] of wanted) {
      if (this.#book.get(key)) continue;
      const from = this.#options.from ?? 'earliest';
      const context = { stage: this.#options.stage, source: this.#source, committed, from };
      const { task, ranges } = await openTask(key, partitions, context);
      this.#book.add(task);
      this.#restore(task, ranges);
    }
    this.#mustReconcile = false;
    this.#room.wake();
  }

  #settleAccount(task: Task, stillOurs: boolean, committed: Awaited<ReturnType<GroupMember['committed']>>): void {
    const found = stillOurs ? standing(task, committed, this.#inDoubt) : 'elsewhere';
    if (found === 'elsewhere') this.#closeTask(task);
    else if (found === 'committed') this.#acknowledge(task, this.#inDoubt as Map<InputLane, number>);
    else if (found === 'not-committed') {
      task.state.rollback(0);
      for (const lane of task.lanes) lane.rewind();
    }
  }

  #closeTask(task: Task): void {
    this.#book.remove(task);
    this.#options.stage.close(task.partitions);
  }

  /** In the background of the other tasks. */
  #restore(task: Task, ranges: readonly RestoreRange[]): void {
    const startedAt = this.#options.clock.elapsed();
    const restoring = restoreRanges(this.#source, task.state, ranges, task)
      .then((records) => {
        task.state.settle();
        task.ready = true;
        this.#options.observer?.restored?.(task.key, records, this.#options.clock.elapsed() - startedAt);
        this.#room.wake();
      })
      .catch((error: unknown) => this.#restoreFailed(task, error))
      .finally(() => this.#restores.delete(restoring));
    this.#restores.add(restoring);
  }

  #restoreFailed(task: Task, error: unknown): void {
    if (task.closed || this.#stopping) return;
    this.#options.observer?.failed?.(error, 'retry');
    if (isAppError(error) && error.class === 'retry') {
      this.#closeTask(task);
      this.#mustReconcile = true;
    } else this.#fatal = error;
    this.#arrivals.wake();
  }

  /** Step 1. */
  #nextWork(): Work | null {
    const lanes = this.#book.readyLanes();
    const woken = this.#wake(lanes);
    if (woken) return woken;
    const limit = this.#caution?.limit ?? this.#pace.records();
    const records = this.#take(lanes, { records: limit, bytes: this.#limits.batchBytes });
    if (records.length === 0) return null;
    const counts = this.#book.group(records);
    for (const [lane, count] of counts) lane.shift(count);
    this.#room.wake();
    return this.#work(records, [...counts.keys()], null);
  }

  #wake(lanes: readonly InputLane[]): Work | null {
    const { stage, clock } = this.#options;
    if (!stage.wake || clock.elapsed() - this.#wokeAtMs < (stage.wakeEveryMs ?? 1000)) return null;
    this.#wokeAtMs = clock.elapsed();
    const result = stage.wake(lanes);
    if (!result) return null;
    const touched = result.partitions.flatMap((partition) => this.#book.lane(partition) ?? []);
    return this.#work([], touched, result.output);
  }

  #work(records: readonly InboundRecord[], lanes: readonly InputLane[], output: StageOutput | null): Work {
    const tasks = new Set(lanes.flatMap((lane) => this.#book.taskOf(lane) ?? []));
    const touched = [...tasks].flatMap((task) => task.lanes);
    this.#inDoubt = new Map(touched.map((lane) => [lane, Number.NaN]));
    return { records, tasks: [...tasks], takenAtMs: this.#options.clock.now(), output };
  }

  async #transact(work: Work): Promise<void> {
    const { clock, observer } = this.#options;
    this.#current = work;
    observer?.taken?.(work.records);
    const startedAt = clock.elapsed();
    const output = work.output ?? (await this.#process(work)); // step 2
    const processedAt = clock.elapsed();
    this.#pace.learn(work.records.length, processedAt - startedAt);
    const positions = this.#positions(work);
    await (this.#producer as TransactionalProducer) // steps 3 to 5
      .commit(this.#outbound(output), positions, this.#identity as GroupIdentity)
      .catch((error: unknown) => this.#commitFailed(work, error));
    const ends = this.#inDoubt as Map<InputLane, number>;
    this.#inDoubt = null;
    this.#current = null;
    for (const task of work.tasks) this.#acknowledge(task, ends);
    this.#lastCommitAtMs = clock.elapsed();
    this.#backoff.reset();
    this.#relax(work);
    observer?.committed?.(
      work.records,
      { outputs: output.records.length, deadLetters: output.deadLetters.length },
      { takenAtMs: work.takenAtMs, processMs: processedAt - startedAt, commitMs: clock.elapsed() - processedAt },
    );
  }

  #process(work: Work): Promise<StageOutput> | StageOutput {
    const { stage, observer } = this.#options;
    const culprit = this.#caution?.culprit ?? null;
    const [first] = work.records;
    if (culprit && first && isCulprit(culprit, first)) return stage.poison(first, culprit.error);
    const states = work.tasks.map((task) => task.state);
    return processBisecting(stage, work.records, states, (error) => observer?.failed?.(error, 'bisect'));
  }

  #outbound(output: StageOutput): readonly OutboundRecord[] {
    if (output.deadLetters.length === 0) return output.records;
    const { topic, partitions } = this.#options.dlq;
    return output.records.concat(output.deadLetters.map((letter) => deadLetterRecord(letter, topic, partitions)));
  }

  #positions(work: Work): readonly CommitPosition[] {
    const ends = this.#inDoubt as Map<InputLane, number>;
    return work.tasks.flatMap((task) =>
      task.lanes.map((lane) => {
        const { topic, partition, position: offset } = lane;
        const { keepFrom, body } = task.state.marker(lane);
        ends.set(lane, offset);
        const number = (lane.committed?.number ?? 0) + 1;
        return { topic, partition, offset, metadata: encodeMarker({ number, keepFrom: keepFrom ?? offset, body }) };
      }),
    );
  }

  #acknowledge(task: Task, ends: ReadonlyMap<InputLane, number>): void {
    task.state.settle();
    for (const lane of task.lanes) {
      lane.committed = { offset: ends.get(lane) as number, number: (lane.committed?.number ?? 0) + 1 };
    }
  }

  /** A transaction that the broker refuses for its records comes again in halves, until the culprit is alone. */
  #commitFailed(work: Work, error: unknown): never {
    const [first] = work.records;
    if (isAppError(error, 'RECORD_REFUSED') && first) {
      const alone = work.records.length === 1;
      const culprit = alone ? { partition: partitionKey(first), offset: first.offset, error } : null;
      this.#caution = { limit: Math.max(1, work.records.length >> 1), culprit };
    }
    throw error;
  }

  #relax(work: Work): void {
    const [first] = work.records;
    if (this.#caution === null || !first) return;
    const { limit, culprit } = this.#caution;
    if (culprit) this.#caution = isCulprit(culprit, first) ? null : this.#caution;
    else this.#caution = limit >= this.#limits.batchRecords ? null : { limit: limit * 2, culprit: null };
  }

  async #recover(error: unknown): Promise<void> {
    const { observer, clock } = this.#options;
    const known = error instanceof AppError ? error : null;
    const refused = known?.code === 'RECORD_REFUSED';
    if (!known || !(refused || known.class === 'retry' || known.class === 'rejoin')) {
      observer?.failed?.(error, 'fatal');
      throw error;
    }
    observer?.failed?.(error, known.class === 'rejoin' ? 'rejoin' : 'retry');
    if (this.#current) observer?.abandoned?.(this.#current.records);
    this.#current = null;
    if (known.code === 'PRODUCER_FENCED') this.#fencings.note();
    if (known.class === 'rejoin' || known.code === 'PRODUCER_FENCED') this.#mustJoin = true;
    this.#mustReconcile = true;
    const producer = this.#producer;
    this.#producer = null;
    await producer?.close().catch(() => undefined);
    if (!refused) await clock.sleep(this.#backoff.nextMs());
  }
}

function isCulprit(culprit: Culprit, record: InboundRecord): boolean {
  return record.offset === culprit.offset && partitionKey(record) === culprit.partition;
}
