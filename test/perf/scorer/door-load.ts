import type { Clock } from '@millrace/core';

import type { WatchedProcess } from '../watched-process.ts';
import type { InferClient } from './infer-client.ts';
import { latencyOf, type Latency } from './latency.ts';
import { vectorOf } from './vector-records.ts';

const WARM_MS = 3000;
const TICK_MS = 1;

export interface DoorUnderLoad {
  readonly client: InferClient;
  readonly child: WatchedProcess;
  readonly clock: Clock;
  /** Features of a row. */
  readonly width: number;
}

export interface ClosedLoop {
  readonly perSecond: number;
  /** Of the server's process. */
  readonly cpuPer1000: number;
  /** From when each was sent, which is when another was answered. */
  readonly latency: Latency;
}

/** Always so many requests of one row under way: the most that a door gives. */
export async function closedLoop(
  { client, child, clock, width }: DoorUnderLoad,
  underWay: number,
  seconds: number,
): Promise<ClosedLoop> {
  let asked = 0;
  let latenciesMs: number[] = [];
  const until = async (endMs: number): Promise<void> => {
    const ask = async (): Promise<void> => {
      while (clock.elapsed() < endMs) {
        const sentAt = clock.elapsed();
        await client.infer(vectorOf(width, asked++));
        latenciesMs.push(clock.elapsed() - sentAt);
      }
    };
    await Promise.all(Array.from({ length: underWay }, ask));
  };
  await until(clock.elapsed() + WARM_MS);
  latenciesMs = [];
  const [startedAt, cpu] = [clock.elapsed(), child.cpuSeconds];
  await until(startedAt + seconds * 1000);
  const answered = latenciesMs.length;
  const perSecond = (answered * 1000) / (clock.elapsed() - startedAt);
  const cpuPer1000 = ((child.cpuSeconds - cpu) * 1000) / answered;
  return { perSecond, cpuPer1000, latency: latencyOf(Float64Array.from(latenciesMs)) };
}

/** Requests of one row at a fixed rate, whatever comes back, each timed from when it was due. */
export async function openLoopOf(
  { client, clock, width }: DoorUnderLoad,
  perSecond: number,
  seconds: number,
): Promise<Latency> {
  const latenciesMs = new Float64Array(Math.round(perSecond * seconds)).fill(Number.NaN);
  const startedAt = clock.elapsed();
  const ask = async (n: number): Promise<void> => {
    const dueAt = startedAt + (n * 1000) / perSecond;
    // a request that is refused has no latency; how many were answered is told
    await client.infer(vectorOf(width, n)).then(
      () => (latenciesMs[n] = clock.elapsed() - dueAt),
      () => undefined,
    );
  };
  const pending: Promise<void>[] = [];
  for (let next = 0; next < latenciesMs.length;) {
    const due = Math.min(latenciesMs.length, Math.ceil(((clock.elapsed() - startedAt) * perSecond) / 1000));
    for (; next < due; next++) pending.push(ask(next));
    await clock.sleep(TICK_MS);
  }
  await Promise.all(pending);
  return latencyOf(latenciesMs);
}
