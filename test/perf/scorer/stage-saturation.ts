import type { Clock } from '@millrace/core';
import { prepareTopics } from '@millrace/platform';
import type { Log } from '@millrace/stream';

import { CommittedReader } from '../stream/committed-reader.ts';
import { countRecords, type Count } from '../stream/count-records.ts';
import { watchSaturation, type SaturationRates } from '../stream/watch-saturation.ts';
import type { BenchPipeline } from './bench-models.ts';
import { batchCounts, describeBatches, doorsOf, startScorer } from './scorer-process.ts';
import { rowOfPrediction, vectorRecord } from './vector-records.ts';

const CHUNK = 5000;
const NO_BATCHES = { batches: 0, rows: 0, reasons: {} };

export interface StageSaturation extends Count, SaturationRates {
  readonly batches: string;
  readonly rssMb: number;
}

/**
 * Vectors are waiting in the features topic: how many of their predictions a second a reader of committed records sees.
 */
export async function stageSaturation(
  { file, plan }: BenchPipeline,
  log: Log,
  brokers: string,
  clock: Clock,
  rows: number,
): Promise<StageSaturation> {
  await prepareTopics(plan, log, ['scorer']);
  const publisher = log.publisher();
  for (let from = 0; from < rows; from += CHUNK) {
    const length = Math.min(CHUNK, rows - from);
    await publisher.publish(Array.from({ length }, (_, i) => vectorRecord(plan, from + i)));
  }
  await publisher.close();
  const reader = new CommittedReader(log.source(), plan.names.predictions, plan.topics.partitions);
  const child = startScorer(file, brokers);
  await child.says('ready');
  const ratesOf = await watchSaturation(child, reader, clock, rows);
  const batches = describeBatches(NO_BATCHES, await batchCounts(doorsOf(child).http));
  const rssMb = child.peakRssMb;
  await child.stop();
  const count = await countRecords(reader, rows, rowOfPrediction);
  await reader.close();
  return { ...ratesOf(count.records), ...count, batches, rssMb };
}
