import { total, type CountsPair } from './used-bins.ts';

/** Raw shares of the bins, live beside reference; all 0 on a side that has no rows. */
export function shares({ live, reference }: CountsPair): readonly (readonly [p: number, r: number])[] {
  const n = Math.max(1, total(live));
  const m = Math.max(1, total(reference));
  return live.map((count, bin) => [count / n, (reference[bin] as number) / m]);
}
