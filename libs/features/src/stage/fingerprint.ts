import { hash } from 'node:crypto';

/** 128 bits of a SHA-256, as four words. Never all zero, which marks a free place in a `FingerprintSet`. */
export type Fingerprint = readonly [number, number, number, number];

/** What makes two requests the same one: a replayed dead letter, with its attempts counted up, is another. */
export function fingerprintOf(type: string, id: string, attempts: number): Fingerprint {
  const digest = hash('sha256', `${type}\0${attempts}\0${id}`, 'buffer');
  return [digest.readUInt32LE(0) | 1, digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12)].map(
    (word) => word >>> 0,
  ) as unknown as Fingerprint;
}
