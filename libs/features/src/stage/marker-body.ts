import type { ByteReader, ByteWriter } from '@millrace/core';

/** A time that may be none yet. */
export function writeTime(writer: ByteWriter, at: number): void {
  if (at === -Infinity) writer.byte(0);
  else writer.byte(1).varint(at);
}

export function readTime(reader: ByteReader): number {
  return reader.byte() === 0 ? -Infinity : reader.varint();
}
