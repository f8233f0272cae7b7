/** Two samples of 200 and 150 rows on the deciles of the first, and what SciPy 1.17 says of them. */
export const golden = {
  reference: [20, 20, 20, 20, 20, 20, 20, 20, 20, 20],
  live: [45, 21, 16, 11, 13, 10, 9, 9, 8, 8],
  edges: [0.0927, 0.1954, 0.2951, 0.3908, 0.4965, 0.5992, 0.6949, 0.7946, 0.8973],
  /** The first sample: 200 values in [0, 1). */
  sample: Array.from({ length: 200 }, (_, i) => ((i * 7919) % 1000) / 1000),
  /** The second: 150 squares. */
  liveSample: Array.from({ length: 150 }, (_, i) => (((i * 104729 + 17) % 1000) / 1000) ** 2),
  psi: 0.33570952322584946,
  nullQuantile: 0.19738807205390524,
  jensenShannon: 0.24937517260031997,
  hellinger: 0.20936955268196972,
  lInfinity: 0.2,
  totalVariation: 0.2466666666666667,
  logE: 3.3909663366664518,
} as const;

/** A window of 500 rows against a reference of 10,000, both nearly even: evidence against a change. */
export const calm = {
  reference: Array.from({ length: 10 }, () => 1000),
  live: [45, 52, 48, 55, 50, 49, 51, 47, 53, 50],
  logE: -7.293274904384134,
  logMAfterThree: -7.292594576179108,
} as const;

export function relative(found: number, expected: number): number {
  return Math.abs(found - expected) / Math.abs(expected);
}
