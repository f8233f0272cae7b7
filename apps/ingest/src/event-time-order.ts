import type { InboundRecord } from '@millrace/records';
import type { InputPartition, TakeLimits } from '@millrace/stream';

/** What taking in event-time order must know of the records and their partitions. */
export interface EventTimes {
  /** Event time of a record; null where it has none that matters (a watermark, a bad record): it is taken at once. */
  at(record: InboundRecord): number | null;
  /** Id of the promise that the partition stands under. */
  promise(input: InputPartition): string | null;
  /** How far event time has come in the partition, by what was processed. */
  reached(input: InputPartition): number | null;
}

interface Head {
  readonly input: InputPartition;
  readonly promised: boolean;
  index: number;
  /** Event time of the record at `index`; null at the end of the queue. */
  at: number | null;
  reached: number;
}

/**
 * Takes the partitions' records in event-time order, as far as is known what is coming. Nothing is held back, but of
 * promised partitions none runs more than `maxSkewMs` of event time ahead of the slowest: what waits for the slowest
 * further on must be bounded, and only here can it be.
 */
export function takeInEventTimeOrder(
  inputs: readonly InputPartition[],
  limits: TakeLimits,
  times: EventTimes,
  maxSkewMs: number,
): readonly InboundRecord[] {
  const heads = inputs.map((input) => openHead(input, times));
  const taken: InboundRecord[] = [];
  let bytes = 0;
  while (taken.length < limits.records && bytes < limits.bytes) {
    const next = earliest(heads, slowest(heads) + maxSkewMs);
    if (!next) break;
    const record = next.input.queued[next.index] as InboundRecord;
    taken.push(record);
    bytes += record.value?.length ?? 0;
    next.reached = Math.max(next.reached, next.at ?? Number.NEGATIVE_INFINITY);
    next.index++;
    next.at = timeAt(next.input, next.index, times);
  }
  return taken;
}

function openHead(input: InputPartition, times: EventTimes): Head {
  const reached = times.reached(input) ?? Number.NEGATIVE_INFINITY;
  return { input, promised: times.promise(input) !== null, index: 0, at: timeAt(input, 0, times), reached };
}

function timeAt(input: InputPartition, index: number, times: EventTimes): number | null {
  const record = input.queued[index];
  return record ? (times.at(record) ?? Number.NEGATIVE_INFINITY) : null;
}

/** The least event time at which a promised partition stands: at its next record, or where it has come to an end. */
function slowest(heads: readonly Head[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const head of heads) {
    if (head.promised) least = Math.min(least, head.at ?? head.reached);
  }
  return least;
}

function earliest(heads: readonly Head[], bound: number): Head | null {
  let best: Head | null = null;
  for (const head of heads) {
    if (head.at === null || (head.promised && head.at > bound)) continue;
    if (best === null || head.at < (best.at as number)) best = head;
  }
  return best;
}
