/**
 * `npm run bench -- restart [--rounds 5] [--rate 300]`: two static members of one group pass records through; one of them
 * is killed with `kill -9` and started again at once, as a supervisor would: how long the output rests.
 */
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';

import { findLog } from '../../scripts/log/find-log.mjs';
import { machine } from './machine.ts';
import { quantile } from './quantile.ts';
import { BenchTopics } from './stream/bench-topics.ts';
import { passThrough } from './stream/contenders.ts';
import { countRecords } from './stream/count-records.ts';
import { longestGaps } from './stream/longest-gaps.ts';
import { NumberedLoad } from './stream/numbered-load.ts';

const ROUND_S = 10;
const WARM_S = 8;

const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, rate: { type: 'string', default: '300' } },
});
const rounds = Number(flags.rounds);
const found = await findLog({ say: (line) => console.error(line) });
const clock = new SystemClock();
const log = new KafkaLog({ brokers: found.brokers.split(','), clientId: 'bench', clock });
const topics = new BenchTopics(log);
try {
  console.table(machine(found.kind));
  const [input, output] = [await topics.create(), await topics.create()];
  const start = (instance: string) =>
    passThrough({ brokers: found.brokers, input, output, group: output }, { instance });
  const [other, first] = [start('other'), start('killed')];
  await Promise.all([first.says('ready'), other.says('ready')]);
  const load = { perSecond: Number(flags.rate), seconds: WARM_S + rounds * ROUND_S };
  const run = new NumberedLoad(topics, log, clock, input, load);
  const done = Promise.all([run.sendAll(), run.readAll(topics.reader(output))]);
  await clock.sleep(WARM_S * 1000);
  const killedAt: number[] = [];
  let killed = first;
  for (let round = 0; round < rounds; round++) {
    killedAt.push(clock.elapsed());
    await killed.stop('SIGKILL');
    killed = start('killed');
    await clock.sleep((killedAt[0] as number) + (round + 1) * ROUND_S * 1000 - clock.elapsed());
  }
  await done;
  await Promise.all([killed.stop(), other.stop()]);
  const gaps = longestGaps(run.seenAtMs, topics.partitions, killedAt, ROUND_S * 1000);
  const { lost, doubled, misordered } = await countRecords(topics.reader(output), load.perSecond * load.seconds);
  console.table({
    'gap s, each round': gaps.map((ms) => (ms / 1000).toFixed(2)).join(' '),
    'gap s, median': (
      quantile(
        gaps.toSorted((a, b) => a - b),
        0.5,
      ) / 1000
    ).toFixed(2),
    'gap s, worst': (Math.max(...gaps) / 1000).toFixed(2),
    lost,
    doubled,
    misordered,
  });
} finally {
  await topics.delete().catch(() => undefined);
  await log.close();
  await found.stop();
}
