import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { loadPlan } from '@millrace/pipeline';
import { SERVICE_NAMES } from '@millrace/platform';
import type { DemoSummary } from '@millrace/standalone';

import { findLog } from '../../../scripts/log/find-log.mjs';
import { readEvents } from '../open-loop.ts';
import { removeTopics } from '../remove-topics.ts';
import { cpuOf } from '../scale/cpu-by-service.ts';
import { saturation } from '../scale/saturation.ts';
import { WatchedProcess } from '../watched-process.ts';

const PIPELINE = 'examples/flights/pipeline.yaml';
const EVENTS = 'examples/flights/data/flights-2013-10-28-to-12-22.jsonl.gz';

type Environment = Readonly<Record<string, string>>;

export interface Run {
  readonly perSecond: number;
  /** Of the four services. */
  readonly cpuMsPer1000: number;
}

/** Where it is measured what services do in an environment. */
export interface MeasuredLog {
  readonly kind: string;
  measure(environment: Environment): Promise<Run>;
  close(): Promise<void>;
}

/** The whole replay, by one process that has the log in it, with the start of its code. */
export function onEmbeddedLog(): MeasuredLog {
  return { kind: 'embedded', measure: replay, close: () => Promise.resolve() };
}

async function replay(environment: Environment): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const file = join(folder, 'summary.json');
  const args = ['scripts/start.main.mjs', '--exit', '--fresh', '--kafka', 'embedded', '--summary', file];
  const child = new WatchedProcess(args, { LOG_LEVEL: 'warn', ...environment });
  let cpuSeconds = 0;
  const sampling = setInterval(() => (cpuSeconds = Math.max(cpuSeconds, child.cpuSeconds)), 50);
  const status = await child.ends();
  clearInterval(sampling);
  if (status !== 0) throw new Error(`the replay ended with ${status}: ${child.output.slice(-2000)}`);
  const { events, events_per_s: perSecond } = JSON.parse(readFileSync(file, 'utf8')) as DemoSummary;
  rmSync(folder, { recursive: true });
  return { perSecond, cpuMsPer1000: (cpuSeconds / events) * 1e6 };
}

/** So many events of a file, by a process of each service, when it has had `warm` others; one broker for all. */
export async function onBroker(kind: string, warm: number, events: number, file = EVENTS): Promise<MeasuredLog> {
  const clock = new SystemClock();
  const plan = await loadPlan(PIPELINE);
  const found = await findLog({ choice: kind, say: (line) => console.error(line) });
  const { brokers } = found;
  const log = new KafkaLog({ brokers: brokers.split(','), clientId: 'bench', clock });
  const lines = readEvents(file, warm + events);
  const given = { plan, pipeline: PIPELINE, brokers, log, clock, instances: 1 };
  const load = { warm: lines.slice(0, warm), lines: lines.slice(warm) };
  return {
    kind: found.kind,
    async measure(environment) {
      const { eventsPerSecond, cpu } = await saturation({ ...given, ...load, environment });
      const seconds = SERVICE_NAMES.reduce((sum, service) => sum + cpuOf(cpu[service]), 0);
      return { perSecond: eventsPerSecond, cpuMsPer1000: seconds * 1000 };
    },
    async close() {
      await removeTopics(log, plan);
      await log.close();
      await found.stop();
    },
  };
}
