import type { Value } from '@millrace/core';

import type { Aggregator } from '../aggregators/aggregator.ts';
import type { Entry } from '../window/entry.ts';

/** What an aggregator makes of a window whose values, in order, came in these stretches, which are merged. Asked at 0. */
export function aggregate<State>(
  aggregator: Aggregator<State>,
  stretches: readonly (readonly Value[])[],
): number | null {
  const whole = aggregator.open();
  let offset = 0;
  for (const values of stretches) {
    const entries = values.map((value): Entry => ({ at: -1000 + offset, id: '', offset: offset++, values: [value] }));
    const state = aggregator.open();
    aggregator.take(state, { entries, from: 0, to: entries.length, slot: 0 });
    aggregator.merge(whole, state);
  }
  return aggregator.value(whole, 0);
}
