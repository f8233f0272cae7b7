import type { Aggregator } from './aggregator.ts';
import { lastTaken } from './last-taken.ts';

interface LastTime {
  at: number | null;
}

/** Seconds, with fractions, from the latest event to the request. Events at 1000 and 2500 ms, asked at 4000 → 1.5; empty → null. */
export const timeSinceLast: Aggregator<LastTime> = {
  open: () => ({ at: null }),
  take(state, contents) {
    state.at = lastTaken(contents)?.at ?? state.at;
  },
  merge(state, { at }) {
    state.at = at ?? state.at;
  },
  value: (state, at) => (state.at === null ? null : (at - state.at) / 1000),
};
