import { AppError, ByteReader, ByteWriter } from '@millrace/core';

import type { Tries } from './trial.ts';

const FORMAT = 2;
/** The broker's `offset.metadata.max.bytes` default. */
const MAX_METADATA_BYTES = 4096;

/** What goes with every committed offset, as the commit's metadata and therefore atomic with it. */
export interface Marker {
  /** Grows by one with every commit of the partition. */
  readonly number: number;
  /** The least offset of anything that the partition keeps; the committed offset itself when it keeps nothing. */
  readonly keepFrom: number;
  /** How many partitions the topic has: with another count, keys lie elsewhere. */
  readonly partitions: number;
  /** Who has tried the record at the committed offset and did not come to commit past it; null: nobody. */
  readonly tries: Tries | null;
  /** Offsets between `keepFrom` and the committed one whose records were given up unprocessed: a replay skips them. */
  readonly skipped: readonly number[];
  /** The stage's own part. */
  readonly body: Uint8Array;
}

/** @throws AppError `MARKER_TOO_LARGE` */
export function encodeMarker({ number, keepFrom, partitions, tries, skipped, body }: Marker): string {
  const writer = new ByteWriter(64).byte(FORMAT).varint(number).varint(keepFrom).varint(partitions);
  writer.varint(tries?.together ?? 0);
  if (tries) writer.varint(tries.alone).varint(tries.until - keepFrom);
  writer.varint(skipped.length);
  for (const offset of skipped) writer.varint(offset - keepFrom);
  const text = writer.bytes(body).finish().toString('base64');
  if (text.length > MAX_METADATA_BYTES) {
    throw new AppError(
      'MARKER_TOO_LARGE',
      `it takes ${text.length} bytes, a commit's metadata holds ${MAX_METADATA_BYTES}. Use fewer input partitions or promises.`,
    );
  }
  return text;
}

/** Null where the metadata is no marker: somebody else committed that offset. */
export function decodeMarker(metadata: string | null): Marker | null {
  if (!metadata) return null;
  try {
    const reader = new ByteReader(Buffer.from(metadata, 'base64'));
    if (reader.byte() !== FORMAT) return null;
    const [number, keepFrom, partitions] = [reader.varint(), reader.varint(), reader.varint()];
    const tries = readTries(reader, keepFrom);
    const skipped = Array.from({ length: reader.varint() }, () => keepFrom + reader.varint());
    return { number, keepFrom, partitions, tries, skipped, body: reader.bytes() };
  } catch {
    return null;
  }
}

function readTries(reader: ByteReader, keepFrom: number): Tries | null {
  const together = reader.varint();
  return together === 0 ? null : { together, alone: reader.varint(), until: keepFrom + reader.varint() };
}
