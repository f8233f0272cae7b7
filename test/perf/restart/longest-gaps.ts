/**
 * The longest time, in milliseconds, for which a partition's output rested, of those that began or ended within each
 * span of time.
 *
 * @param seenAtMs when each record was seen, by number; record n is in partition n modulo `partitions`
 */
export function longestGaps(
  seenAtMs: Float64Array,
  partitions: number,
  spansFromMs: readonly number[],
  spanMs: number,
): readonly number[] {
  const gaps = Array.from({ length: partitions }, (_, partition) => partition).flatMap((partition) => {
    const times = seenAtMs.filter((at, id) => id % partitions === partition && !Number.isNaN(at)).toSorted();
    return Array.from(times.subarray(1), (at, i) => ({ endedAt: at, ms: at - (times[i] as number) }));
  });
  return spansFromMs.map((from) =>
    gaps.reduce((most, { endedAt, ms }) => (endedAt > from && endedAt <= from + spanMs ? Math.max(most, ms) : most), 0),
  );
}
