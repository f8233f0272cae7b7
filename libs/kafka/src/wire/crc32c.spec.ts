import { describe, expect, it } from 'vitest';

import { crc32c } from './crc32c.ts';

/** Bit by bit, straight from the definition. */
function bitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe('crc32c', () => {
  it('gives the check value of the catalogue', () => {
    expect(crc32c(Buffer.from('123456789'), 0, 9)).toBe(0xe3069283);
  });

  it('agrees with the definition for every length around its step, and for a part of a buffer', () => {
    const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i * 167 + 13) & 255);
    for (let to = 0; to <= bytes.length; to++)
      expect(crc32c(bytes, 3, Math.max(3, to))).toBe(bitwise(bytes.subarray(3, Math.max(3, to))));
  });
});
