import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

/** A smaller file is done soon after a second thread has loaded what it needs. Events pack to a tenth. */
const LEAST_BYTES = { plain: 16 * 1024 * 1024, packed: 2 * 1024 * 1024 };
/** Not the half: the second thread first fills its windows, and the first one also writes the rows of both. */
const FROM = 0.4;

/** The share of a file from which on a second thread should compute; null where it would not pay. */
export async function secondPartFrom(file: string, cores = availableParallelism()): Promise<number | null> {
  // a pipe, which can be read once only, has no size
  const size = (await stat(file).catch(() => null))?.size ?? 0;
  const least = /\.(csv|jsonl)$/i.test(file) ? LEAST_BYTES.plain : LEAST_BYTES.packed;
  return cores > 1 && size >= least ? FROM : null;
}
