import type { Clock } from '@millrace/core';
import { partitionKey, type TopicPartition } from '@millrace/records';
import type { Log, LogAdmin, RecordSource } from '@millrace/stream';

/** A consumer group and what it reads. */
export interface WatchedGroup {
  readonly groupId: string;
  readonly partitions: readonly TopicPartition[];
}

const EVERY_MS = 1000;

/**
 * How far the later stages are behind, looked up once a second: the valve of ingest. A group that has never committed
 * does not count: nobody has started that service.
 */
export class LagWatch {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #groups: readonly WatchedGroup[];
  readonly #stop = new AbortController();
  #lag = 0;
  #running: Promise<void> | null = null;

  constructor(log: Log, clock: Clock, groups: readonly WatchedGroup[]) {
    this.#log = log;
    this.#clock = clock;
    this.#groups = groups;
  }

  /** Records by which the group furthest behind is behind, as of the latest look. */
  get lag(): number {
    return this.#lag;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const admin = this.#log.admin();
    const source = this.#log.source();
    try {
      while (!this.#stop.signal.aborted) {
        // a log that does not answer is what the stages themselves report; what was known stays
        this.#lag = await this.#look(admin, source).catch(() => this.#lag);
        await this.#clock.sleep(EVERY_MS, this.#stop.signal);
      }
    } finally {
      await Promise.allSettled([admin.close(), source.close()]);
    }
  }

  async #look(admin: LogAdmin, source: RecordSource): Promise<number> {
    const lags = await Promise.all(this.#groups.map((group) => lagOf(group, admin, source)));
    return Math.max(0, ...lags);
  }
}

async function lagOf({ groupId, partitions }: WatchedGroup, admin: LogAdmin, source: RecordSource): Promise<number> {
  const committed = await admin.committed(groupId, partitions);
  if ([...committed.values()].every((position) => position === null)) return 0;
  const bounds = await source.bounds(partitions);
  const behind = partitions.map((at) => {
    const { first, lastStable } = bounds.get(partitionKey(at)) ?? { first: 0, lastStable: 0 };
    return Math.max(0, lastStable - (committed.get(partitionKey(at))?.offset ?? first));
  });
  return behind.reduce((sum, records) => sum + records, 0);
}
