import { partitionKey } from '@millrace/records';

import type { RecordSource } from '../ports/record-source.ts';
import type { InputLane } from './input-lane.ts';

/**
 * `on_out_of_range: earliest | latest`: lanes that stand outside the log go on at one of its ends. One that has moved
 * while the ends were looked up was answered by the log, and perhaps beyond the end that was found.
 */
export async function jumpIntoRange(
  source: RecordSource,
  lanes: readonly InputLane[],
  to: 'earliest' | 'latest',
): Promise<void> {
  const asked = new Map(lanes.map((lane) => [lane, lane.fetchFrom]));
  const bounds = await source.bounds(lanes);
  for (const [lane, offset] of asked) {
    const range = bounds.get(partitionKey(lane));
    if (!range || lane.fetchFrom !== offset || (offset >= range.first && offset <= range.lastStable)) continue;
    lane.jump(to === 'earliest' ? range.first : range.lastStable);
  }
}
