/**
 * `npm run bench -- year --file EVENTS [--to TIME]`: the flights example over a year, or another file of its events, through all
 * services; the monitor's performance of each calendar month, realised and estimated, beside the same computed offline from
 * `millrace batch` and the arrivals in the file. Exit status 1 where they differ.
 */
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { loadPlan } from '@millrace/pipeline';

import { findLog } from '../../scripts/log/find-log.mjs';
import { until } from '../chaos/until.ts';
import { batchRows } from '../e2e/batch-rows.ts';
import { deleteTopics } from '../e2e/delete-topics.ts';
import { differenceOf, isWithin } from '../e2e/label-windows.ts';
import { MillraceProcess } from '../e2e/millrace-process.ts';
import { offlinePerformance, offlineRows, type OfflineRow } from '../e2e/offline-performance.ts';
import { runScript } from '../e2e/run-script.ts';
import { makeScratchPipeline, removeScratchPipeline } from '../e2e/scratch-pipeline.ts';
import { machine } from './machine.ts';
import { MonthlyPerformance, monthOf } from './monitor/monthly-performance.ts';
import { CommittedReader } from './stream/committed-reader.ts';

const LIMIT_MS = 1_800_000;
/** The services must hold two weeks of events, and all that waits while a year comes at once. */
const HEAP = '--max-old-space-size=8000';
/** Sums are kept in units of 2⁻²⁰ a row. */
const NEARLY = 1e-5;

const { values: flags } = parseArgs({
  options: { file: { type: 'string' }, to: { type: 'string', default: '2014-01-03T05:00:00Z' } },
});
const { file, to } = flags;
if (file === undefined) throw new Error('--file EVENTS is wanted: examples/flights/make-flights.py makes the year');

/** Days of the calendar, so that every window lies in one month; floors are not what is measured. */
const pipeline = await makeScratchPipeline((text) =>
  text.replace(
    /^monitor:.*$/m,
    'monitor: { window: { every: 1d, starts: "00:00", zone: America/New_York }, warm_up: 14d }',
  ),
);
const found = await findLog({ say: (line) => console.error(line) });
try {
  process.exitCode = (await measure(file)) ? 0 : 1;
} finally {
  await deleteTopics(pipeline.name, found.brokers);
  await found.stop();
  await removeScratchPipeline(pipeline);
}

async function measure(events: string): Promise<boolean> {
  const plan = await loadPlan(pipeline.file);
  const env = { KAFKA_BROKERS: found.brokers, NODE_OPTIONS: HEAP };
  const rows = await offlineRows(await batchRows(pipeline.file, events), events);
  console.error(`${rows.length} predictions of ${events} are counted after the warm-up`);
  const services = await MillraceProcess.up([pipeline.file, '--http', '0', '--grpc', '0'], env);
  const log = new KafkaLog({ brokers: found.brokers.split(','), clientId: 'bench', clock: new SystemClock() });
  const reader = new CommittedReader(log.source(), plan.names.counts, 1);
  try {
    const args = ['apps/cli/bin/millrace.mjs', 'replay', pipeline.file, events, '--speed', 'max', '--to', to];
    const { status, output } = await runScript(args, env, LIMIT_MS);
    if (status !== 0) throw new Error(output);
    const months = new MonthlyPerformance();
    const allMatured = async (): Promise<boolean> => {
      for (const { value } of await reader.read()) if (value) months.add(value);
      return months.matured >= rows.length;
    };
    await until('all predictions have matured', allMatured, LIMIT_MS, 0);
    return compare(months, rows);
  } finally {
    await reader.close();
    await log.close();
    await services.stop();
  }
}

function compare(months: MonthlyPerformance, rows: readonly OfflineRow[]): boolean {
  const compared = [...Map.groupBy(rows, ({ at }) => monthOf(at))].map(([month, ofMonth]) => {
    const [said, offline] = [months.of(month), offlinePerformance(ofMonth)];
    return { month, said, offline, difference: differenceOf(said, offline) };
  });
  console.table(
    compared.map(({ month, said: { metrics, coverage, estimated }, offline, difference }) => ({
      month,
      predictions: coverage.matured,
      labelled: coverage.labelled,
      'AUC offline': offline.auc?.toFixed(4),
      realised: metrics.auc?.toFixed(4),
      within: metrics.auc_within?.toFixed(4),
      estimated: estimated.auc?.value.toFixed(4),
      'accuracy offline': offline.accuracy.toFixed(4),
      'realised accuracy': metrics.accuracy?.toFixed(4),
      'estimated accuracy': estimated.accuracy?.value.toFixed(4),
      difference: difference.toExponential(1),
    })),
  );
  console.log(JSON.stringify(machine(found.kind)));
  return compared.every(({ said, offline, difference }) => difference < NEARLY && isWithin(said, offline));
}
