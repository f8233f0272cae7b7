import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { partitionKey, type TopicPartition } from '@millrace/records';
import { TestTopics } from '@millrace/stream/testing';

import { countResults, tallyLine, type Results, type Tally } from './count-results.ts';
import { Feed } from './feed.ts';
import { outputFact, readResults, type ResultTopics } from './read-results.ts';
import { settled } from './settled.ts';
import { until } from './until.ts';
import type { WorkerOptions } from './worker-options.ts';
import { WorkerProcess } from './worker-process.ts';

export interface SceneOptions {
  readonly brokers: readonly string[];
  /** Where the workers connect to, if not to the brokers: a proxy. */
  readonly workersAt?: readonly string[];
  readonly partitions?: number;
  /** Settings of the output topic. */
  readonly outputConfig?: Readonly<Record<string, string>>;
  /** For all workers; `start` may say otherwise. */
  readonly worker?: Partial<WorkerOptions>;
}

/** What a worker does unless told otherwise: slow enough to be hit in the middle, with the shortest session that any broker allows. */
const WORKER = {
  sessionTimeoutMs: 6000,
  transactionTimeoutMs: 10_000,
  batchRecords: 20,
  handlerMs: 0,
  paddingBytes: 0,
  dwellMs: 150,
};

/** Topics, a group, the workers in it, and the count at the end. Everything of it is gone after disposal. */
export class Scene implements AsyncDisposable {
  readonly log: KafkaLog;
  readonly topics: ResultTopics;
  readonly feed: Feed;
  readonly groupId: string;
  readonly #options: SceneOptions;
  readonly #made: TestTopics;
  readonly #workers: WorkerProcess[] = [];
  #results: Results = { inputs: [], outputs: [], deadLetters: [] };

  private constructor(options: SceneOptions, log: KafkaLog, made: TestTopics, topics: ResultTopics) {
    this.#options = options;
    this.log = log;
    this.#made = made;
    this.topics = topics;
    this.groupId = made.group();
    this.feed = new Feed(log.publisher(), topics.input, topics.partitions);
  }

  static async open(options: SceneOptions): Promise<Scene> {
    const log = new KafkaLog({ brokers: options.brokers, clientId: 'scene', clock: new SystemClock() });
    const made = new TestTopics(log);
    const partitions = options.partitions ?? 4;
    const topics = {
      input: await made.create(partitions),
      output: await made.create(partitions, options.outputConfig),
      dlq: await made.create(partitions),
      partitions,
    };
    return new Scene(options, log, made, topics);
  }

  get inputs(): readonly TopicPartition[] {
    return this.#partitionsOf(this.topics.input);
  }

  get outputs(): readonly TopicPartition[] {
    return this.#partitionsOf(this.topics.output);
  }

  start(name: string, more: Partial<WorkerOptions> = {}): WorkerProcess {
    const { brokers, workersAt, worker } = this.#options;
    const transactionalId = `${this.groupId}-${name}`;
    const own = { name, brokers: workersAt ?? brokers, ...this.topics, groupId: this.groupId, transactionalId };
    const started = new WorkerProcess({ ...WORKER, ...own, ...worker, ...more });
    this.#workers.push(started);
    return started;
  }

  /** Waits until these workers share all partitions among them and each of them has committed since. */
  settled(workers: readonly WorkerProcess[], limitMs = 30_000): Promise<void> {
    return settled(() => workers, this.topics.partitions, limitMs);
  }

  /** Waits until all that was fed is committed; the workers make haste. */
  async drained(limitMs = 60_000): Promise<void> {
    for (const worker of this.#workers) worker.tell({ do: 'hurry' });
    await until('all input is committed', async () => (await this.lag()) === 0, limitMs, 100);
  }

  /** Records fed and not committed. */
  async lag(): Promise<number> {
    const { inputs } = this;
    const source = this.log.source();
    const admin = this.log.admin();
    try {
      const [ends, committed] = [await source.bounds(inputs), await admin.committed(this.groupId, inputs)];
      const lags = inputs
        .map(partitionKey)
        .map((key) => (ends.get(key)?.lastStable ?? 0) - (committed.get(key)?.offset ?? 0));
      return lags.reduce((sum, lag) => sum + lag, 0);
    } finally {
      await Promise.all([source.close(), admin.close()]);
    }
  }

  /** Drains, stops the workers, counts, and prints the count in one line. */
  async count(name: string, limitMs = 60_000): Promise<Tally> {
    await this.drained(limitMs);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    this.#results = await readResults(this.log, this.topics);
    return printed(name, countResults(this.#results));
  }

  /** The count once more, over what another client has read of the output: each partition in its order. */
  recount(name: string, values: readonly string[]): Tally {
    const outputs = values.map((value) => outputFact(value, null));
    return printed(name, countResults({ ...this.#results, outputs }));
  }

  #partitionsOf(topic: string): readonly TopicPartition[] {
    return Array.from({ length: this.topics.partitions }, (_, partition) => ({ topic, partition }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.kill()));
    await this.#made.delete().catch(() => undefined); // the broker may be what was hurt, and goes with its topics
    await this.log.close();
  }
}

function printed(name: string, tally: Tally): Tally {
  console.log(tallyLine(name, tally));
  return tally;
}
