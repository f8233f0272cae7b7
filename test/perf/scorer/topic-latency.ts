import type { Clock } from '@millrace/core';
import type { Log } from '@millrace/stream';

import { CommittedReader } from '../stream/committed-reader.ts';
import { NumberedLoad } from '../stream/numbered-load.ts';
import type { BenchPipeline } from './bench-models.ts';
import { latencyOf, type Latency } from './latency.ts';
import { rowOfPrediction, vectorRecord } from './vector-records.ts';

/** Left out: the group's first transactions wait for coordinators. */
const WARM_S = 5;

/** Vectors at a fixed rate, timed from when each was due until its prediction is in the hand of a committed reader. */
export async function topicLatency(
  { plan }: BenchPipeline,
  log: Log,
  clock: Clock,
  perSecond: number,
  seconds: number,
): Promise<Latency> {
  const reader = new CommittedReader(log.source(), plan.names.predictions, plan.topics.partitions);
  await reader.toEnd();
  const records = { record: (n: number) => vectorRecord(plan, n), numberOf: rowOfPrediction };
  const run = new NumberedLoad(log, clock, records, { perSecond, seconds: seconds + WARM_S });
  await Promise.all([run.readAll(reader), run.sendAll()]);
  return latencyOf(run.latenciesMs.slice(-perSecond * seconds));
}
