import type { Clock } from '@millrace/core';
import type { Log } from '@millrace/stream';

import { BenchTopics } from '../stream/bench-topics.ts';
import { passThrough } from '../stream/contenders.ts';
import { countRecords } from '../stream/count-records.ts';
import { NumberedLoad } from '../stream/numbered-load.ts';
import { numberedRecords, numberOf } from '../stream/numbered-records.ts';
import { killInRounds, ROUND_S, WARM_S } from './kill-in-rounds.ts';
import { longestGaps } from './longest-gaps.ts';
import { restartResult } from './restart-result.ts';

/** Two instances of a stage that does nothing: for how long the output of a partition rests. */
export async function restartStage(
  log: Log,
  clock: Clock,
  brokers: string,
  rounds: number,
  perSecond: number,
): Promise<Readonly<Record<string, string | number>>> {
  const topics = new BenchTopics(log);
  const [input, output] = [await topics.create(), await topics.create()];
  const start = (instance: string) => passThrough({ brokers, input, output, group: output }, { instance });
  const [other, first] = [start('other'), start('killed')];
  await Promise.all([first.says('ready'), other.says('ready')]);
  const load = { perSecond, seconds: WARM_S + rounds * ROUND_S };
  const run = new NumberedLoad(log, clock, numberedRecords(input, topics.partitions), load);
  const done = Promise.all([run.sendAll(), run.readAll(topics.reader(output))]);
  const killedAt = await killInRounds(clock, rounds, first, () => start('killed'));
  await done;
  await other.stop();
  const gaps = longestGaps(run.seenAtMs, topics.partitions, killedAt, ROUND_S * 1000);
  const { lost, doubled, misordered } = await countRecords(topics.reader(output), perSecond * load.seconds, numberOf);
  await topics.delete();
  return { ...restartResult(gaps), lost, doubled, misordered };
}
