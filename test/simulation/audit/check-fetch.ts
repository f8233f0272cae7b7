import { partitionKey } from '@millrace/records';
import type { FetchedChunk, FetchPosition } from '@millrace/stream';

import type { Archive } from './archive.ts';
import type { Violation } from './violation.ts';

/** What is wrong with the answer to a fetch; null: nothing. */
export function checkFetch(
  archive: Archive,
  positions: readonly FetchPosition[],
  chunks: readonly FetchedChunk[],
): Violation | null {
  for (const chunk of chunks) {
    const asked = positions.find((position) => partitionKey(position) === partitionKey(chunk));
    const found = asked && checkChunk(archive, asked, chunk);
    if (found) return found;
  }
  return null;
}

function checkChunk(archive: Archive, { offset }: FetchPosition, chunk: FetchedChunk): Violation | null {
  const name = partitionKey(chunk);
  if (chunk.next > archive.end(chunk))
    return {
      kind: 'precommitted-read',
      detail: `${name} was read up to ${chunk.next}, ${archive.end(chunk)} is committed`,
    };
  const order = chunk.records.findIndex((record, i) => record.offset < (chunk.records[i - 1]?.offset ?? offset));
  if (order >= 0)
    return {
      kind: 'non-monotonic-poll',
      detail: `${name}: ${chunk.records[order]?.offset} comes too late from ${offset} on`,
    };
  const expected = archive.between(chunk, offset, chunk.next).values();
  for (const record of chunk.records) {
    const wanted = expected.next().value;
    if (wanted?.offset === record.offset) continue;
    const kind = wanted && wanted.offset < record.offset ? 'poll-skip' : 'aborted-read';
    return {
      kind,
      detail: `${name}: ${record.offset} was read, ${wanted?.offset ?? 'nothing'} is next from ${offset}`,
    };
  }
  const missed = expected.next().value;
  return missed
    ? { kind: 'poll-skip', detail: `${name}: ${missed.offset} was left out of ${offset} to ${chunk.next}` }
    : null;
}
