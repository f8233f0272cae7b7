import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { SERVICE_NAMES } from '@millrace/platform';
import type { Log } from '@millrace/stream';

import { Fleet, type Instance } from '../../chaos/pipeline/fleet.ts';
import { openLoop } from '../open-loop.ts';
import { usageOf } from '../process-usage.ts';
import { removeTopics } from '../remove-topics.ts';
import { cpuByParty, cpuOf, cpuPerThousand, PARTIES, type CpuByParty } from './cpu-by-service.ts';
import { topicVolumes, type TopicVolume } from './topic-volumes.ts';

/** Events a second: more than anything here takes, so that all wait. */
const FULL_SPEED = 100_000;
/** The monitor counts what was scored last, and clocks are written, after the last answer. */
const SETTLE_MS = 3000;

export interface SaturationOptions {
  readonly plan: Plan;
  readonly pipeline: string;
  readonly brokers: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Of each service. */
  readonly instances: number;
  /** Sent and answered before anything is measured: code is warm, and windows hold something. */
  readonly warm: readonly string[];
  readonly lines: readonly string[];
  /** Of the services, besides. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Saturation {
  readonly eventsPerSecond: number;
  readonly requestsPerSecond: number;
  /** Seconds for each 1,000 events. */
  readonly cpu: CpuByParty;
  /** Cores in use, of the services and the broker. */
  readonly cores: number;
  /** Of the largest process. */
  readonly peakRssMb: number;
  readonly lost: number;
  readonly doubled: number;
  readonly misordered: number;
  readonly volumes: readonly TopicVolume[];
}

/** All events at once through so many instances of each service, each in a process of its own. */
export async function saturation(options: SaturationOptions): Promise<Saturation> {
  const { plan, pipeline, brokers, log, clock, instances, warm, lines, environment = {} } = options;
  await removeTopics(log, plan);
  const names = SERVICE_NAMES.flatMap((service) =>
    Array.from({ length: instances }, (_, i): Instance => `${service}-${i + 1}`),
  );
  await using fleet = new Fleet(pipeline, brokers, names, [], environment);
  await fleet.startAll();
  await openLoop(plan, log, clock, warm, FULL_SPEED);
  await clock.sleep(SETTLE_MS);
  const before = cpuByParty(fleet);
  const startedAt = clock.now();
  const result = await openLoop(plan, log, clock, lines, FULL_SPEED);
  const seconds =
    result.waits.reduce((most, { dueAtMs, seenMs }) => Math.max(most, dueAtMs + seenMs - startedAt), 0) / 1000;
  await clock.sleep(SETTLE_MS);
  const cpu = cpuPerThousand(before, cpuByParty(fleet), lines.length);
  const peakRssMb = Math.max(...names.map((name) => usageOf(fleet.process(name).pid).peakRssMb));
  await fleet.stop();
  const volumes = await topicVolumes(log, plan, warm.length + lines.length);
  const used = PARTIES.reduce((sum, party) => sum + cpuOf(cpu[party]), 0);
  return {
    eventsPerSecond: lines.length / seconds,
    requestsPerSecond: result.answered / seconds,
    cpu,
    cores: (used * lines.length) / 1000 / seconds,
    peakRssMb,
    lost: result.requests - result.answered,
    doubled: result.doubled,
    misordered: result.misordered,
    volumes,
  };
}
