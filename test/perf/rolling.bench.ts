/**
 * `npm run bench -- rolling [--rate 500] [--filled 45000] [--only restarts,moves]`: the whole pipeline, two instances with
 * lasting names of each service in processes of their own, windows filled, under events at a fixed rate. First each is
 * stopped by SIGTERM and started again, one after the other; then one of `feature` gives its partitions away, comes back, and
 * is killed and stays away. What is lost, doubled or out of order, for how long a request waits at most, and what of it
 * is restoring. Exit 1 on any mistake.
 */
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { loadPlan } from '@millrace/pipeline';
import { SERVICE_NAMES } from '@millrace/platform';

import { findLog } from '../../scripts/log/find-log.mjs';
import { Fleet, type Instance } from '../chaos/pipeline/fleet.ts';
import { machine } from './machine.ts';
import { markdownTable } from './markdown-table.ts';
import { removeTopics } from './remove-topics.ts';
import { underLoad, type Step } from './rolling/under-load.ts';

const PIPELINE = 'examples/flights/pipeline.yaml';
const INSTANCES = SERVICE_NAMES.flatMap((service): Instance[] => [`${service}-1`, `${service}-2`]);
const MOVED: Instance = 'feature-2';

const { values: flags } = parseArgs({
  options: {
    rate: { type: 'string', default: '500' },
    /** Events before: 14 days of the example, its longest window, are some 40,000. */
    filled: { type: 'string', default: '45000' },
    only: { type: 'string', default: 'restarts,moves' },
  },
});
const clock = new SystemClock();
const plan = await loadPlan(PIPELINE);
const found = await findLog({ say: (line) => console.error(line) });
const log = new KafkaLog({ brokers: found.brokers.split(','), clientId: 'bench', clock });

const RESTARTS: readonly Step[] = INSTANCES.map((instance) => ({
  name: `\`${instance}\` restarts`,
  async run(fleet) {
    const status = await fleet.stopOne(instance);
    if (status !== 0) throw new Error(`${instance} ended with ${status}`);
    await fleet.start(instance);
  },
}));
const MOVES: readonly Step[] = [
  { name: `\`${MOVED}\` leaves (\`--leave\`)`, run: (fleet) => fleet.stopOne(MOVED) },
  { name: `\`${MOVED}\` comes`, run: (fleet) => fleet.start(MOVED) },
  { name: `\`${MOVED}\` is killed and stays away`, run: (fleet) => fleet.killOne(MOVED) },
];

async function measure(steps: readonly Step[], pauseMs: number, more: readonly string[]): Promise<void> {
  await removeTopics(log, plan);
  await using fleet = new Fleet(PIPELINE, found.brokers, INSTANCES, more);
  const options = { plan, log, clock, rate: Number(flags.rate), filled: Number(flags.filled), pauseMs };
  const { steps: rows, whole, mistakes } = await underLoad(fleet, steps, options);
  console.log(markdownTable(`at ${flags.rate} events/s`, rows));
  console.log(markdownTable('', whole));
  if (mistakes > 0) process.exitCode = 1;
  await fleet.stop();
  await removeTopics(log, plan);
}

try {
  console.table(machine(found.kind));
  if (flags.only.includes('restarts')) await measure(RESTARTS, 3000, []);
  // longer than a session
  if (flags.only.includes('moves')) await measure(MOVES, 15_000, ['--leave']);
} finally {
  await log.close();
  await found.stop();
}
