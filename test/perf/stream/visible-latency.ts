import type { Clock } from '@millrace/core';
import type { Log } from '@millrace/stream';

import { quantile } from '../quantile.ts';
import type { BenchTopics } from './bench-topics.ts';
import { CONTENDERS, type Contender } from './contenders.ts';
import { NumberedLoad, type Load } from './numbered-load.ts';
import { numberedRecords } from './numbered-records.ts';

/** Left out of the figures: the group's first transactions wait for coordinators, and compilers warm up. */
const WARM_S = 8;

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
  const records = numberedRecords(input, topics.partitions);
  const run = new NumberedLoad(log, clock, records, { ...load, seconds: load.seconds + WARM_S });
  const reading = run.readAll(topics.reader(output));
  const sending = run.sendAll();
  await clock.sleep(WARM_S * 1000);
  const cpuBefore = child.cpuSeconds;
  await sending;
  const cpu = child.cpuSeconds - cpuBefore;
  await reading;
  await child.stop();
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
