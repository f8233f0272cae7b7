/**
 * `npm run bench -- scale [--instances 1,2,4] [--events 100000] [--target 1000000] [--only throughput,hot]`: the whole pipeline, each
 * instance a process, as fast as it goes: by number of instances of each service, and with all events under one key. From
 * the last of them, what `--target` events a second would take. Tables are printed as they go into docs/performance.md.
 */
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { loadPlan } from '@millrace/pipeline';
import { SERVICE_NAMES } from '@millrace/platform';

import { findLog } from '../../scripts/log/find-log.mjs';
import { machine } from './machine.ts';
import { markdownTable } from './markdown-table.ts';
import { readEvents } from './open-loop.ts';
import { removeTopics } from './remove-topics.ts';
import { capacity } from './scale/capacity.ts';
import { cpuOf, PARTIES, type Cpu } from './scale/cpu-by-service.ts';
import { saturation, type Saturation } from './scale/saturation.ts';

const PIPELINE = 'examples/flights/pipeline.yaml';
const EVENTS = 'examples/flights/data/flights-2013-10-28-to-12-22.jsonl.gz';
const ONE_KEY = 'N1';

const { values: flags } = parseArgs({
  options: {
    instances: { type: 'string', default: '1,2,4' },
    events: { type: 'string', default: '100000' },
    /** Before each: 14 days of the example, its longest window, are some 40,000. */
    warm: { type: 'string', default: '40000' },
    target: { type: 'string', default: '1000000' },
    only: { type: 'string', default: 'throughput,hot' },
  },
});
const [events, warm] = [Number(flags.events), Number(flags.warm)];
const clock = new SystemClock();
const plan = await loadPlan(PIPELINE);
const found = await findLog({ say: (line) => console.error(line) });
const { brokers } = found;
const log = new KafkaLog({ brokers: brokers.split(','), clientId: 'bench', clock });
const lines = readEvents(EVENTS, warm + events);

function measure(instances: number, from: readonly string[]): Promise<Saturation> {
  const given = { plan, pipeline: PIPELINE, brokers, log, clock };
  return saturation({ ...given, instances, warm: from.slice(0, warm), lines: from.slice(warm) });
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const milliseconds = ({ userS, systemS }: Cpu): string =>
  `${(userS * 1000).toFixed(0)} + ${(systemS * 1000).toFixed(0)}`;

function rowOf(result: Saturation): Readonly<Record<string, string | number>> {
  const services = SERVICE_NAMES.reduce((sum, service) => sum + cpuOf(result.cpu[service]), 0);
  return {
    'events/s': whole(result.eventsPerSecond),
    'requests/s': whole(result.requestsPerSecond),
    ...Object.fromEntries(PARTIES.map((party) => [party, milliseconds(result.cpu[party])])),
    'the services': Math.round(services * 1000),
    'cores used': result.cores.toFixed(2),
    'largest process, MB': result.peakRssMb,
    'lost, doubled, misordered': `${result.lost}, ${result.doubled}, ${result.misordered}`,
  };
}

function volumeRows({ volumes }: Saturation): Readonly<Record<string, Readonly<Record<string, string | number>>>> {
  return Object.fromEntries(
    volumes.map(({ topic, recordsPerEvent, bytesPerEvent }) => [
      `\`${topic.replace(plan.name, '<p>').replace(plan.featureSet, '<fs>')}\``,
      { 'records an event': recordsPerEvent.toFixed(3), 'bytes an event': Math.round(bytesPerEvent) },
    ]),
  );
}

async function throughput(): Promise<void> {
  const results: [string, Saturation][] = [];
  for (const count of flags.instances.split(',')) {
    const result = await measure(Number(count), lines);
    results.push([count, result]);
    console.error(`${count} of each: ${whole(result.eventsPerSecond)} events/s`);
  }
  const rows = Object.fromEntries(results.map(([count, result]) => [`${count} of each`, rowOf(result)]));
  console.log('CPU ms for each 1,000 events, user + system:\n');
  console.log(markdownTable('instances', rows));
  const last = results.at(-1)?.[1];
  if (last === undefined) return;
  console.log(markdownTable('topic', volumeRows(last)));
  console.log(markdownTable(`for ${flags.target} events/s`, capacity(plan, Number(flags.target), last)));
}

/** The same events, all of one aircraft. */
function underOneKey(line: string): string {
  const event = JSON.parse(line) as Record<string, unknown>;
  return JSON.stringify('tailnum' in event ? { ...event, tailnum: ONE_KEY } : event);
}

async function hot(): Promise<void> {
  const [spread, one] = [await measure(2, lines), await measure(2, lines.map(underOneKey))];
  console.log(markdownTable('keys', { 'spread over keys': rowOf(spread), 'under one key': rowOf(one) }));
}

try {
  console.table(machine(found.kind));
  if (flags.only.includes('throughput')) await throughput();
  if (flags.only.includes('hot')) await hot();
  await removeTopics(log, plan);
} finally {
  await log.close();
  await found.stop();
}
