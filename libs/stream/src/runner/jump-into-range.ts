import { partitionKey } from '@millrace/records';

import type { RecordSource } from '../ports/record-source.ts';
import type { InputLane } from './input-lane.ts';

/** `on_out_of_range: earliest | latest`: lanes that stand outside the log go on at one of its ends. */
export async function jumpIntoRange(
  source: RecordSource,
  lanes: readonly InputLane[],
  to: 'earliest' | 'latest',
): Promise<void> {
  const bounds = await source.bounds(lanes);
  for (const lane of lanes) {
    const range = bounds.get(partitionKey(lane));
    if (!range || (lane.fetchFrom >= range.first && lane.fetchFrom <= range.lastStable)) continue;
    lane.jump(to === 'earliest' ? range.first : range.lastStable);
  }
}
