import { ByteReader, ByteWriter } from '@millrace/core';

import type { ClockState, HeldPromise } from './clock-state.ts';

const FORMAT = 2;

/** The clock as the body of its partition's marker: at most some 2 kB. */
export function encodeClockMarker({ first, tick, promise, reached, used }: ClockState): Buffer {
  const writer = new ByteWriter()
    .byte(FORMAT)
    .varint(first)
    .byte(tick === null ? 0 : 1)
    .varint(tick ?? 0)
    .varint(reached ?? 0);
  writer.text(promise?.id ?? null);
  if (promise) {
    writer.varint(promise.before).varint(promise.partitions.length);
    for (const partition of promise.partitions) writer.varint(partition);
  }
  writer.varint(used.length);
  for (const { fingerprint, dropped } of used) writer.bytes(Buffer.from(fingerprint, 'hex')).byte(dropped ? 1 : 0);
  return writer.finish();
}

/** @throws RangeError when the bytes are no marker of this version */
export function decodeClockMarker(body: Uint8Array): ClockState {
  const reader = new ByteReader(body);
  const format = reader.byte();
  if (format !== FORMAT) throw new RangeError(`a marker of format ${format}, this version reads ${FORMAT}`);
  const first = reader.varint();
  const hasTick = reader.byte() === 1;
  const [tick, reached] = [reader.varint(), reader.varint()];
  const promise = readPromise(reader);
  const used = Array.from({ length: reader.varint() }, () => ({
    fingerprint: reader.bytes().toString('hex'),
    dropped: reader.byte() === 1,
  }));
  return {
    first,
    tick: hasTick ? tick : null,
    promise,
    reached: hasTick || promise !== null ? reached : null,
    used,
  };
}

function readPromise(reader: ByteReader): HeldPromise | null {
  const id = reader.text();
  if (id === null) return null;
  const before = reader.varint();
  const partitions = Array.from({ length: reader.varint() }, () => reader.varint());
  return { id, before, partitions };
}
