import type { Cell } from './column.ts';

/** Turns rows into the bytes of a file, piece by piece. */
export type RowEncoding = (rows: AsyncIterable<readonly Cell[]>) => AsyncIterable<string | Uint8Array>;
