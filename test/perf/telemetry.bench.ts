/**
 * `npm run bench -- telemetry [--rounds 5] [--ratio 0.01] [--kafka embedded|jars|external] [--json]`: the replay of the flights
 * example without telemetry and with it (spans of a share of the events and metrics, sent by OTLP), in turn, in one run.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import type { DemoSummary } from '@millrace/standalone';

import { machine } from './machine.ts';
import { quantile } from './quantile.ts';
import { WatchedProcess } from './watched-process.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    ratio: { type: 'string', default: '0.01' },
    kafka: { type: 'string', default: 'embedded' },
    json: { type: 'boolean', default: false },
  },
});

interface Run {
  readonly perSecond: number;
  readonly cpuSeconds: number;
}

/** Takes what a collector would. */
let receivedBytes = 0;
const collector = createServer((request, response) => {
  request.on('data', (chunk: Buffer) => (receivedBytes += chunk.length)).on('end', () => response.end());
}).listen(0, '127.0.0.1');
const endpoint = (): string => `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

async function replay(telemetry: Readonly<Record<string, string>>): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const file = join(folder, 'summary.json');
  const args = ['scripts/start.main.mjs', '--exit', '--fresh', '--kafka', flags.kafka, '--summary', file];
  const child = new WatchedProcess(args, { LOG_LEVEL: 'warn', ...telemetry });
  let cpuSeconds = 0;
  const sampling = setInterval(() => (cpuSeconds = Math.max(cpuSeconds, child.cpuSeconds)), 50);
  const status = await child.ends();
  clearInterval(sampling);
  if (status !== 0) throw new Error(`the replay ended with ${status}: ${child.output.slice(-2000)}`);
  const summary = JSON.parse(readFileSync(file, 'utf8')) as DemoSummary;
  rmSync(folder, { recursive: true });
  return { perSecond: summary.events_per_s, cpuSeconds };
}

const off = (): Promise<Run> => replay({});
const on = (): Promise<Run> =>
  replay({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(),
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: flags.ratio,
    OTEL_METRICS_EXPORTER: 'otlp',
  });

/** Who begins changes from round to round, so that a machine that slows down favours nobody. */
async function pair(round: number): Promise<{ readonly off: Run; readonly on: Run }> {
  if (round % 2 === 0) {
    const first = await off();
    return { off: first, on: await on() };
  }
  const first = await on();
  return { off: await off(), on: first };
}

const median = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

try {
  const pairs = [];
  for (let round = 0; round < Number(flags.rounds); round++) {
    pairs.push(await pair(round));
    console.error(`round ${round + 1}: ${JSON.stringify(pairs.at(-1))}`);
  }
  const ratios = pairs.map((each) => each.on.perSecond / each.off.perSecond);
  const result = {
    machine: machine(flags.kafka),
    sampled: Number(flags.ratio),
    rounds: pairs,
    events_per_s: {
      off: median(pairs.map((each) => each.off.perSecond)),
      on: median(pairs.map((each) => each.on.perSecond)),
    },
    cpu_s: {
      off: median(pairs.map((each) => each.off.cpuSeconds)),
      on: median(pairs.map((each) => each.on.cpuSeconds)),
    },
    throughput_on_to_off: { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) },
    cpu_on_to_off: median(pairs.map((each) => each.on.cpuSeconds / each.off.cpuSeconds)),
    sent_mb: receivedBytes / 1e6,
  };
  if (flags.json) console.log(JSON.stringify(result));
  else console.dir(result, { depth: null });
} finally {
  collector.close();
}
