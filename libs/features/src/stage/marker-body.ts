import type { ByteReader, ByteWriter } from '@millrace/core';

/** A time that may be none yet. */
export function writeTime(writer: ByteWriter, at: number): void {
  if (at === -Infinity) writer.byte(0);
  else writer.byte(1).varint(at);
}

export function readTime(reader: ByteReader): number {
  return reader.byte() === 0 ? -Infinity : reader.varint();
}

/** Partitions and a time of each, as differences from one to the next and from the least: a marker has little room. */
export function writeTimes(writer: ByteWriter, times: ReadonlyMap<number, number>): void {
  const finite = [...times.values()].filter(Number.isFinite);
  const least = finite.length === 0 ? 0 : Math.min(...finite);
  writer.varint(least);
  writePartitions(writer, times.keys());
  for (const [, at] of inOrder(times)) writeTime(writer, at === Infinity ? -Infinity : at - least);
}

/** A time that is none comes back as +∞. */
export function readTimes(reader: ByteReader): Map<number, number> {
  const least = reader.varint();
  return new Map(
    readPartitions(reader).map((partition) => {
      const at = readTime(reader);
      return [partition, at === -Infinity ? Infinity : least + at];
    }),
  );
}

export function writePartitions(writer: ByteWriter, partitions: Iterable<number>): void {
  const ordered = [...partitions].sort((a, b) => a - b);
  writer.varint(ordered.length);
  ordered.forEach((partition, i) => writer.varint(partition - (ordered[i - 1] ?? 0)));
}

export function readPartitions(reader: ByteReader): number[] {
  let before = 0;
  return Array.from({ length: reader.varint() }, () => (before += reader.varint()));
}

function inOrder(times: ReadonlyMap<number, number>): readonly (readonly [number, number])[] {
  return [...times].sort(([a], [b]) => a - b);
}
