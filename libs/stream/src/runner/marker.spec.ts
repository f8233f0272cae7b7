import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeMarker, encodeMarker, type Marker } from './marker.ts';

const PLAIN: Marker = { number: 1, keepFrom: 0, partitions: 4, tries: null, skipped: [], body: Buffer.from('') };

describe('a marker', () => {
  it('comes back as it was written', () => {
    const offset = fc.integer({ min: 0, max: 2 ** 45 });
    const marker = fc.record({
      number: fc.nat(),
      keepFrom: offset,
      partitions: fc.nat(1000),
      tries: fc.option(fc.record({ together: fc.integer({ min: 1, max: 9 }), alone: fc.nat(9), until: offset })),
      skipped: fc.array(offset, { maxLength: 32 }),
      body: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    });
    fc.assert(
      fc.property(marker, (written) => {
        const read = decodeMarker(encodeMarker(written)) as Marker;
        expect({ ...read, body: Buffer.from(read.body) }).toEqual(written);
      }),
    );
  });

  it('has room for 32 skipped records and a body of 2.5 kB', () => {
    const skipped = Array.from({ length: 32 }, (_, i) => 2 ** 40 + i * 100_000);
    const marker = { ...PLAIN, keepFrom: 2 ** 40, skipped, body: Buffer.alloc(2500) };
    expect(encodeMarker(marker).length).toBeLessThanOrEqual(4096);
    expect(() => encodeMarker({ ...marker, body: Buffer.alloc(3100) })).toThrow(
      expect.objectContaining({ code: 'MARKER_TOO_LARGE' }),
    );
  });

  it.each([null, '', 'a note of somebody else', Buffer.from([1, 2, 2]).toString('base64')])('is not %j', (metadata) => {
    expect(decodeMarker(metadata)).toBeNull();
  });
});
