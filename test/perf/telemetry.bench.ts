/**
 * `npm run bench -- telemetry [--rounds 5] [--ratio 0.01] [--kafka embedded|docker|jars|external] [--events 60000] [--warm 40000] [--file EVENTS] [--json]`: without
 * telemetry and with it (spans of a share of the events and metrics, sent by OTLP), in turn, in one run. On the log in the
 * process: the replay of the flights example by one process, from its start. On a broker: events at once through a process of
 * each service, after `--warm` others (14 days of the example, which fill its windows), of the example or another file of its events.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

import { machine } from './machine.ts';
import { quantile } from './quantile.ts';
import { onBroker, onEmbeddedLog, type Run } from './telemetry/measured-log.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    ratio: { type: 'string', default: '0.01' },
    kafka: { type: 'string', default: 'embedded' },
    events: { type: 'string', default: '60000' },
    warm: { type: 'string', default: '40000' },
    file: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

/** Takes what a collector would. */
let receivedBytes = 0;
const collector = createServer((request, response) => {
  request.on('data', (chunk: Buffer) => (receivedBytes += chunk.length)).on('end', () => response.end());
}).listen(0, '127.0.0.1');
const endpoint = (): string => `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

interface Pair {
  readonly off: Run;
  readonly on: Run;
}

const log =
  flags.kafka === 'embedded'
    ? onEmbeddedLog()
    : await onBroker(flags.kafka, Number(flags.warm), Number(flags.events), flags.file);
const off = (): Promise<Run> => log.measure({});
const on = (): Promise<Run> =>
  log.measure({
    OTEL_SDK_DISABLED: 'false',
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(),
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: flags.ratio,
    OTEL_METRICS_EXPORTER: 'otlp',
  });

/** Who begins changes from round to round, so that a machine that slows down favours nobody. */
async function pair(round: number): Promise<Pair> {
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
  const pairs: Pair[] = [];
  for (let round = 0; round < Number(flags.rounds); round++) {
    pairs.push(await pair(round));
    console.error(`round ${round + 1}: ${JSON.stringify(pairs.at(-1))}`);
  }
  const medians = (of: keyof Run) => ({
    off: median(pairs.map((each) => each.off[of])),
    on: median(pairs.map((each) => each.on[of])),
  });
  const onToOff = (of: keyof Run) => {
    const ratios = pairs.map((each) => each.on[of] / each.off[of]);
    return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
  };
  const result = {
    machine: machine(log.kind),
    sampled: Number(flags.ratio),
    rounds: pairs,
    events_per_s: medians('perSecond'),
    cpu_ms_per_1000_events: medians('cpuMsPer1000'),
    throughput_on_to_off: onToOff('perSecond'),
    cpu_on_to_off: onToOff('cpuMsPer1000'),
    sent_mb: receivedBytes / 1e6,
  };
  if (flags.json) console.log(JSON.stringify(result));
  else console.dir(result, { depth: null });
} finally {
  collector.close();
  await log.close();
}
