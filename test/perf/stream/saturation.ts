import type { Clock } from '@millrace/core';

import type { BenchTopics } from './bench-topics.ts';
import { CONTENDERS, type Contender } from './contenders.ts';
import { countRecords, type Count } from './count-records.ts';
import { numberOf } from './numbered-records.ts';
import { watchSaturation, type SaturationRates } from './watch-saturation.ts';

export interface Saturation extends Count, SaturationRates {
  readonly rssMb: number;
}

/** Records are waiting in the input: how many a second become visible in the output to a reader of committed ones. */
export async function measureSaturation(
  contender: Contender,
  brokers: string,
  topics: BenchTopics,
  clock: Clock,
  input: string,
  records: number,
): Promise<Saturation> {
  const output = await topics.create();
  const { partitions } = topics;
  const child = CONTENDERS[contender]({ brokers, input, output, partitions, group: output });
  const reader = topics.reader(output);
  const ratesOf = await watchSaturation(child, reader, clock, records);
  const rssMb = child.peakRssMb;
  await child.stop();
  const count = await countRecords(reader, records, numberOf);
  await reader.close();
  await topics.delete([output]);
  return { ...ratesOf(count.records), ...count, rssMb };
}
