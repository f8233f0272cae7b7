import { quantile } from '../quantile.ts';

/** When a record reached each of three topics, one stage after the other; epoch milliseconds of the broker. */
export interface Hops {
  readonly arrived: number;
  readonly between: number;
  readonly answered: number;
}

/** Left out: the first transactions wait for coordinators, and compilers warm up. */
const WARM_SHARE = 0.25;

/** Of the hops in order of arrival, each and both together. */
export function hopsRow(hops: readonly Hops[]): Readonly<Record<string, number>> {
  const measured = hops.toSorted((a, b) => a.arrived - b.arrived).slice(Math.floor(hops.length * WARM_SHARE));
  const row = (name: string, of: (hop: Hops) => number): Readonly<Record<string, number>> => {
    const sorted = Float64Array.from(measured, of).sort();
    return { [`${name} p50`]: quantile(sorted, 0.5), [`${name} p99`]: quantile(sorted, 0.99) };
  };
  return {
    ...row('first hop', ({ arrived, between }) => between - arrived),
    ...row('second hop', ({ between, answered }) => answered - between),
    ...row('both', ({ arrived, answered }) => answered - arrived),
    requests: measured.length,
  };
}
