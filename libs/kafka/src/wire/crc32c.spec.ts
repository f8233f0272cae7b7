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

  it('agrees with the definition for every length around its step, wherever in memory the bytes begin', () => {
    const bytes = Uint8Array.from({ length: 80 }, (_, i) => (i * 167 + 13) & 255);
    for (let from = 0; from < 8; from++) {
      const part = bytes.subarray(from);
      for (let to = 3; to <= part.length; to++) expect(crc32c(part, 3, to)).toBe(bitwise(part.subarray(3, to)));
    }
  });
});
