import type { Clock } from '@millrace/core';
import type { Log } from '@millrace/stream';

import { quantile } from '../quantile.ts';
import type { BenchTopics } from './bench-topics.ts';
import type { CommittedReader } from './committed-reader.ts';
import { CONTENDERS, type Contender } from './contenders.ts';
import { numberedRecord, numberOf } from './numbered-records.ts';

/** Left out of the figures: the group's first transactions wait for coordinators, and compilers warm up. */
const WARM_S = 8;
const DRAIN_MS = 10_000;

export interface Load {
  readonly perSecond: number;
  readonly seconds: number;
}

export interface VisibleLatency {
  readonly sent: number;
  readonly seen: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  /** Of the contender's process, in milliseconds. */
  readonly cpuPer1000Ms: number;
}

/**
 * An open loop: records are published at a fixed rate whatever comes back, and timed from when each was due until a
 * reader of committed records has it in hand. A stall cannot hide by slowing the questions (coordinated omission).
 */
export async function measureLatency(
  contender: Contender,
  brokers: string,
  topics: BenchTopics,
  log: Log,
  clock: Clock,
  load: Load,
): Promise<VisibleLatency> {
  const [input, output] = [await topics.create(), await topics.create()];
  const child = CONTENDERS[contender]({ brokers, input, output, partitions: topics.partitions, group: output });
  await child.says('ready');
  const run = new OpenLoop(topics, log, clock, input, { ...load, seconds: load.seconds + WARM_S });
  const reading = run.readAll(topics.reader(output));
  const sending = run.sendAll();
  await clock.sleep(WARM_S * 1000);
  const cpuBefore = child.cpuSeconds;
  await sending;
  const cpu = child.cpuSeconds - cpuBefore;
  await reading;
  await child.stop('SIGKILL');
  await topics.delete([input, output]);
  const sent = load.perSecond * load.seconds;
  const latencies = run.latenciesMs
    .slice(-sent)
    .filter((ms) => !Number.isNaN(ms))
    .toSorted();
  return {
    sent,
    seen: latencies.length,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    mostMs: latencies.at(-1) ?? Number.NaN,
    cpuPer1000Ms: (cpu * 1e6) / sent,
  };
}

/** Records with numbers, the times at which they were due, and when they came. */
class OpenLoop {
  /** By number; NaN where nothing came. */
  readonly latenciesMs: Float64Array;
  readonly #topics: BenchTopics;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #input: string;
  readonly #load: Load;
  readonly #startedAt: number;

  constructor(topics: BenchTopics, log: Log, clock: Clock, input: string, load: Load) {
    this.#topics = topics;
    this.#log = log;
    this.#clock = clock;
    this.#input = input;
    this.#load = load;
    this.#startedAt = clock.elapsed();
    this.latenciesMs = new Float64Array(load.perSecond * load.seconds).fill(Number.NaN);
  }

  async sendAll(): Promise<void> {
    const publisher = this.#log.publisher();
    const pending: Promise<void>[] = [];
    const { partitions } = this.#topics;
    const epoch = this.#clock.now() - this.#clock.elapsed();
    for (let next = 0; next < this.latenciesMs.length;) {
      const due = ((this.#clock.elapsed() - this.#startedAt) * this.#load.perSecond) / 1000;
      const to = Math.min(this.latenciesMs.length, Math.ceil(due));
      const record = (_: unknown, i: number) =>
        numberedRecord(this.#input, partitions, next + i, Math.floor(epoch + this.#dueAt(next + i)));
      if (to > next) pending.push(publisher.publish(Array.from({ length: to - next }, record)));
      next = to;
      await this.#clock.sleep(1);
    }
    await Promise.all(pending);
    await publisher.close();
  }

  async readAll(reader: CommittedReader): Promise<void> {
    const wanted = this.latenciesMs.length;
    const until = this.#startedAt + this.#load.seconds * 1000 + DRAIN_MS;
    for (let seen = 0; seen < wanted && this.#clock.elapsed() < until;) {
      const records = await reader.read();
      const now = this.#clock.elapsed();
      for (const { value } of records) {
        const id = numberOf(value as Buffer);
        this.latenciesMs[id] = now - this.#dueAt(id);
      }
      seen += records.length;
    }
    await reader.close();
  }

  #dueAt(id: number): number {
    return this.#startedAt + (id * 1000) / this.#load.perSecond;
  }
}
