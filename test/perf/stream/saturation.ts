import type { Clock } from '@millrace/core';

import type { BenchTopics } from './bench-topics.ts';
import { CONTENDERS, type Contender } from './contenders.ts';
import { countRecords, type Count } from './count-records.ts';

const POLL_MS = 50;
const QUIET_MS = 1500;
const LIMIT_MS = 180_000;
/** What is left out of the measurement: compilers warm up. */
const WARM_SHARE = 0.25;

export interface Saturation extends Count {
  readonly perSecond: number;
  /** Of the contender's process alone. */
  readonly cpuCores: number;
  readonly perCpuSecond: number;
  readonly rssMb: number;
}

interface Sample {
  readonly atMs: number;
  readonly visible: number;
  readonly cpu: number;
}

/** Records are waiting in the input: how many a second become visible in the output to a reader of committed ones. */
export async function measureSaturation(
  contender: Contender,
  brokers: string,
  topics: BenchTopics,
  clock: Clock,
  input: string,
  records: number,
): Promise<Saturation> {
  const output = await topics.create();
  const { partitions } = topics;
  const child = CONTENDERS[contender]({ brokers, input, output, partitions, group: output });
  const reader = topics.reader(output);
  const samples: Sample[] = [];
  let changedAt = clock.elapsed();
  const startedAt = changedAt;
  const visible = (): number => samples.at(-1)?.visible ?? 0;
  while (clock.elapsed() - changedAt < QUIET_MS || visible() < records) {
    if (clock.elapsed() - startedAt > LIMIT_MS) throw new Error(`${contender} does not end:\n${child.output}`);
    const now = { atMs: clock.elapsed(), visible: await reader.visible(), cpu: child.cpuSeconds };
    if (now.visible > visible()) {
      samples.push(now);
      changedAt = now.atMs;
    }
    await clock.sleep(POLL_MS);
  }
  const rssMb = child.peakRssMb;
  await child.stop();
  const count = await countRecords(reader, records);
  await reader.close();
  await topics.delete([output]);
  return { ...ratesOf(samples, count.records), ...count, rssMb };
}

/** Offsets hold a marker per transaction and partition: visible ones are scaled to the records that were counted. */
function ratesOf(
  samples: readonly Sample[],
  records: number,
): Pick<Saturation, 'perSecond' | 'cpuCores' | 'perCpuSecond'> {
  const last = samples.at(-1) as Sample;
  const first = samples.find(({ visible }) => visible >= last.visible * WARM_SHARE) as Sample;
  const done = ((last.visible - first.visible) / last.visible) * records;
  const seconds = (last.atMs - first.atMs) / 1000;
  const cpu = last.cpu - first.cpu;
  return { perSecond: done / seconds, cpuCores: cpu / seconds, perCpuSecond: done / cpu };
}
