import { murmur2 } from '@millrace/records';

const ALL = 2 ** 32;
/** Beyond, a sample says nothing any more. */
const FEWEST = 20;

/**
 * A sample of ids, by their hash: the same on every instance, and of two samples the smaller is a part of the larger. At level
 * n one in 2ⁿ is in it.
 */
export function isSampled(id: string, level: number): boolean {
  return level === 0 || murmur2(Buffer.from(id)) >>> 0 < ALL / 2 ** level;
}

/** The share of ids that are sampled. */
export function rateOf(level: number): number {
  return 2 ** -level;
}

/** The next smaller sample. */
export function smaller(level: number): number {
  return Math.min(FEWEST, level + 1);
}
