import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FrameAssembler } from './frame-assembler.ts';

/** As on the wire: its size, then itself. */
function framed(body: Uint8Array): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

describe('the frame assembler', () => {
  it('gives whole responses, however the socket cuts them, and keeps none of its memory', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(bodies, fc.integer({ min: 1, max: 50 }), (given, step) => {
        const frames: Buffer[] = [];
        const assembler = new FrameAssembler((frame) => frames.push(frame));
        const stream = Buffer.concat(given.map(framed));
        const reused = Buffer.alloc(step);
        for (let at = 0; at < stream.length; at += step)
          assembler.push(reused.subarray(0, stream.copy(reused, 0, at, at + step)));
        expect(frames).toEqual(given.map(framed));
      }),
    );
  });

  it('says so when something else than Kafka answers', () => {
    const assembler = new FrameAssembler(() => undefined);
    expect(() => assembler.push(Buffer.from('HTTP/1.1 400 Bad Request'))).toThrow(/does not speak the Kafka protocol/);
  });
});
