import type { Take } from '@millrace/pipeline';

import type { AnyAggregator } from './aggregator.ts';
import { count } from './count.ts';
import { distinct } from './distinct.ts';
import { first } from './first.ts';
import { last } from './last.ts';
import { max } from './max.ts';
import { mean } from './mean.ts';
import { min } from './min.ts';
import { stddev } from './stddev.ts';
import { sum } from './sum.ts';
import { timeSinceLast } from './time-since-last.ts';

export const AGGREGATORS: Readonly<Record<Take, AnyAggregator>> = {
  count,
  sum,
  mean,
  min,
  max,
  stddev,
  first,
  last,
  distinct,
  time_since_last: timeSinceLast,
};

/** What a take gives on an empty window, or where its window cannot be asked: a null in a `by` field. */
export function emptyValue(take: Take): number | null {
  return take === 'count' || take === 'distinct' ? 0 : null;
}
