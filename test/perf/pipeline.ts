/**
 * The pipeline's speed: events per second that one process sustains on the replay of the flights example, and latency
 * under a load that does not wait for answers. Topics `flights.*` are made anew, so it asks for `--fresh` where
 * KAFKA_BROKERS has some.
 *
 *     npm run bench -- pipeline [--rate 200] [--seconds 60] [--fresh] [--only replay|latency]
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

import { measureOpenLoop } from './pipeline/measure-open-loop.ts';
import { measureReplay } from './pipeline/measure-replay.ts';
import { quantile } from './pipeline/quantile.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    fresh: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const brokers = process.env['KAFKA_BROKERS'] ?? '';
const kind = process.env['MILLRACE_BENCH_LOG'] ?? 'external';

const replay = values.only === 'latency' ? null : await measureReplay(brokers, values.fresh);
const loop =
  values.only === 'replay' ? null : await measureOpenLoop(brokers, Number(values.rate), Number(values.seconds));

const result = {
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version, kafka: kind },
  replay: replay && {
    events: replay.summary.events,
    events_per_s: replay.summary.events_per_s,
    predictions: replay.summary.predictions,
    duration_s: replay.summary.duration_s,
    peak_rss_mb: megabytes(replay.peakRssBytes),
  },
  open_loop: loop && {
    events_per_s: Number(values.rate),
    seconds: Number(values.seconds),
    requests: loop.requests,
    answered: loop.answered,
    p50_ms: quantile(loop.latenciesMs, 0.5),
    p99_ms: quantile(loop.latenciesMs, 0.99),
    max_ms: quantile(loop.latenciesMs, 1),
    worst_sender_delay_ms: Math.round(loop.worstSenderDelayMs),
    peak_rss_mb: megabytes(loop.peakRssBytes),
  },
};
for (const [part, figures] of Object.entries(result)) if (figures) console.table({ [part]: figures });
console.log(JSON.stringify(result));
process.exitCode = loop && loop.answered < loop.requests ? 1 : 0;

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
