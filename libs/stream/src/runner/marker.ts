import { AppError, ByteReader, ByteWriter } from '@millrace/core';

const FORMAT = 1;
/** The broker's `offset.metadata.max.bytes` default. */
const MAX_METADATA_BYTES = 4096;

/** What goes with every committed offset, as the commit's metadata and therefore atomic with it. */
export interface Marker {
  /** Grows by one with every commit of the partition. */
  readonly number: number;
  /** The least offset of anything that the partition keeps; the committed offset itself when it keeps nothing. */
  readonly keepFrom: number;
  /** The stage's own part. */
  readonly body: Uint8Array;
}

/** @throws AppError `MARKER_TOO_LARGE` */
export function encodeMarker(marker: Marker): string {
  const bytes = new ByteWriter(64)
    .byte(FORMAT)
    .varint(marker.number)
    .varint(marker.keepFrom)
    .bytes(marker.body)
    .finish();
  const text = bytes.toString('base64');
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
    return { number: reader.varint(), keepFrom: reader.varint(), body: reader.bytes() };
  } catch {
    return null;
  }
}
