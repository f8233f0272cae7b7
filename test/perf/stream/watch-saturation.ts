import type { Clock } from '@millrace/core';

import type { WatchedProcess } from '../watched-process.ts';
import type { CommittedReader } from './committed-reader.ts';

const POLL_MS = 50;
const QUIET_MS = 1500;
const LIMIT_MS = 180_000;
/** What is left out of the measurement: compilers warm up. */
const WARM_SHARE = 0.25;

interface Sample {
  readonly atMs: number;
  readonly visible: number;
  readonly cpu: number;
}

export interface SaturationRates {
  readonly perSecond: number;
  /** Of the watched process alone. */
  readonly cpuCores: number;
  readonly perCpuSecond: number;
}

/**
 * Watches a process work off what waits for it, until all of it is visible to a reader of committed records and nothing
 * more comes.
 *
 * @param least how many records will be visible at least
 * @returns the rates, told how many records were counted in the end
 */
export async function watchSaturation(
  child: WatchedProcess,
  reader: CommittedReader,
  clock: Clock,
  least: number,
): Promise<(records: number) => SaturationRates> {
  const samples: Sample[] = [];
  const startedAt = clock.elapsed();
  let changedAt = startedAt;
  const visible = (): number => samples.at(-1)?.visible ?? 0;
  while (clock.elapsed() - changedAt < QUIET_MS || visible() < least) {
    if (clock.elapsed() - startedAt > LIMIT_MS) throw new Error(`it does not end:\n${child.output}`);
    const now = { atMs: clock.elapsed(), visible: await reader.visible(), cpu: child.cpuSeconds };
    if (now.visible > visible()) {
      samples.push(now);
      changedAt = now.atMs;
    }
    await clock.sleep(POLL_MS);
  }
  return (records) => ratesOf(samples, records);
}

/** Offsets hold a marker per transaction and partition: visible ones are scaled to the records that were counted. */
function ratesOf(samples: readonly Sample[], records: number): SaturationRates {
  const last = samples.at(-1) as Sample;
  const first = samples.find(({ visible }) => visible >= last.visible * WARM_SHARE) as Sample;
  const done = ((last.visible - first.visible) / last.visible) * records;
  const seconds = (last.atMs - first.atMs) / 1000;
  const cpu = last.cpu - first.cpu;
  return { perSecond: done / seconds, cpuCores: cpu / seconds, perCpuSecond: done / cpu };
}
