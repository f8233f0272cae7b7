import { gunzipSync, zstdDecompressSync } from 'node:zlib';

import { AppError } from '@millrace/core';

import { unlz4 } from './lz4.ts';
import { unsnappy } from './snappy.ts';

/** By the codec's number in a batch's attributes. */
const CODECS: readonly ((compressed: Buffer) => Buffer)[] = [
  (plain) => plain,
  gunzipSync,
  unsnappy,
  unlz4,
  zstdDecompressSync,
];

/** The records of a batch. */
export function decompress(codec: number, compressed: Buffer): Buffer {
  const decode = CODECS[codec];
  if (decode) return decode(compressed);
  throw new AppError(
    'LOG_UNAVAILABLE',
    `a record batch names compression codec ${codec}; known are none, gzip, snappy, lz4 and zstd.`,
  );
}
