import { murmur2 } from './murmur2.ts';

/** What rows of one block have in common: a hash of 32 bits of its name. */
export function blockHash(block: string): number {
  return murmur2(Buffer.from(block)) >>> 0;
}
