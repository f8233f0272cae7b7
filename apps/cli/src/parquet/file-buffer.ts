import { open } from 'node:fs/promises';

import type { AsyncBuffer } from 'hyparquet';

/** A file that is read in slices. */
export interface FileBuffer extends AsyncBuffer {
  slice(start: number, end?: number): Promise<ArrayBuffer>;
  close(): Promise<void>;
}

/** @throws Error of the file system, with its `code` */
export async function openFileBuffer(file: string): Promise<FileBuffer> {
  const handle = await open(file);
  const { size } = await handle.stat();
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const bytes = new Uint8Array(Math.max(0, end - start));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      if (bytesRead === bytes.length) return bytes.buffer;
      throw new RangeError(`bytes ${start} to ${end} were looked for, and the file has ${size}`);
    },
    close: () => handle.close(),
  };
}
