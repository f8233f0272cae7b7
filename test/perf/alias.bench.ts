/**
 * `npm run bench -- alias [--rows 100000] [--rate 2000] [--switches 10]`: vectors at a fixed rate through two scorers
 * while the champion of the flights' model is switched; what became of every row, and how long predictions took.
 */
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { loadPlan } from '@millrace/pipeline';

import { findLog } from '../../scripts/log/find-log.mjs';
import { auditSwitches, type SwitchAudit } from '../e2e/audit-switches.ts';
import { MillraceProcess } from '../e2e/millrace-process.ts';
import { runScript } from '../e2e/run-script.ts';
import { makeScratchPipeline, removeScratchPipeline } from '../e2e/scratch-pipeline.ts';
import { VectorFeed } from '../e2e/vector-feed.ts';
import { machine } from './machine.ts';
import { quantile } from './quantile.ts';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    rate: { type: 'string', default: '2000' },
    switches: { type: 'string', default: '10' },
  },
});
/** Around a switch: a row that came so long before or behind the alias record of any partition. */
const AROUND_MS = 500;
const found = await findLog({ say: (line) => console.error(line) });
const clock = new SystemClock();
const log = new KafkaLog({ brokers: found.brokers.split(','), clientId: 'bench', clock });
const pipeline = await makeScratchPipeline();
const plan = await loadPlan(pipeline.file);
const env = { KAFKA_BROKERS: found.brokers };

async function switchAll(): Promise<void> {
  for (let i = 0; i < Number(flags.switches); i++) {
    const words = ['champion', i % 2 === 0 ? '2' : '1', pipeline.file];
    const { status, output } = await runScript(
      ['apps/cli/bin/millrace.mjs', 'model', 'alias', 'arrival-delay', ...words],
      env,
    );
    if (status !== 0) throw new Error(output);
  }
}

function latencies(waits: SwitchAudit['waits']): object {
  const sorted = waits.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return {
    rows: sorted.length,
    'p50 ms': quantile(sorted, 0.5),
    'p99 ms': quantile(sorted, 0.99),
    'most ms': sorted.at(-1),
  };
}

try {
  console.table(machine(found.kind));
  await using _first = await MillraceProcess.up([pipeline.file, '--only', 'scorer', '--http', '0'], env);
  await using _second = await MillraceProcess.up([pipeline.file, '--only', 'scorer', '--http', '0'], env);
  const feed = new VectorFeed(plan, log, clock);
  const enough = new AbortController();
  const feeding = feed.run(Number(flags.rate), Number(flags.rows), enough.signal);
  await clock.sleep(5000);
  await switchAll();
  enough.abort();
  await feeding;
  await clock.sleep(5000);
  const { waits, switchedAtMs, switches, ...audit } = await auditSwitches(plan, log, clock, '1');
  const isAround = ({ atMs }: { readonly atMs: number }): boolean =>
    switchedAtMs.some((at) => Math.abs(at - atMs) < AROUND_MS);
  console.table({ ...audit, answered: JSON.stringify(audit.answered), switches: switches[0]?.length });
  console.table({
    [`within ${AROUND_MS} ms of a switch`]: latencies(waits.filter(isAround)),
    'all other rows': latencies(waits.filter((row) => !isAround(row))),
  });
} finally {
  const admin = log.admin();
  await admin.delete((await admin.list()).filter((topic) => topic.startsWith(`${pipeline.name}.`)));
  await log.close();
  await removeScratchPipeline(pipeline);
  await found.stop();
}
