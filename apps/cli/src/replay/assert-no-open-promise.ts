import { AppError } from '@millrace/core';
import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { partitionKey, type InboundRecord, type TopicPartition } from '@millrace/records';
import type { Log } from '@millrace/stream';

/** An open promise repeats its watermark often, so it shows among the latest records. */
const LATEST_RECORDS = 2000;
const FETCH = { maxWaitMs: 100, maxBytes: 8 << 20, maxBytesPerPartition: 2 << 20 };

/** A promise on a partition of `<p>.events`. */
export interface FoundPromise {
  readonly partition: number;
  readonly promise: string;
}

/** @throws AppError `PROMISE_OPEN` */
export async function assertNoOpenPromise(log: Log, plan: Plan, partitions: number, clock: Clock): Promise<void> {
  const open = await findOpenPromise(log, plan, partitions, clock);
  if (open === null) return;
  throw new AppError(
    'PROMISE_OPEN',
    `the partition ${open.partition} of ${plan.names.events} is under the promise ${open.promise}, perhaps of another replay. ` +
      `Wait until that has ended; if its producer is gone, it is dropped ${plan.limits.watermarkTimeoutMs / 1000} s after its last watermark.`,
  );
}

/**
 * Looks at the latest records of the topic for a promise that has not ended and still speaks. One that has been silent
 * for twice `events.watermark_timeout` does not count: ingest drops it as soon as it has read so far.
 */
export async function findOpenPromise(
  log: Log,
  plan: Plan,
  partitions: number,
  clock: Clock,
): Promise<FoundPromise | null> {
  const places = Array.from({ length: partitions }, (_, partition) => ({ topic: plan.names.events, partition }));
  const latest = await latestRecords(log, places);
  const oldest = clock.now() - 2 * plan.limits.watermarkTimeoutMs;
  for (const records of latest.values()) {
    const open = openPromise(records, oldest);
    if (open !== null) return open;
  }
  return null;
}

async function latestRecords(
  log: Log,
  places: readonly TopicPartition[],
): Promise<ReadonlyMap<string, readonly InboundRecord[]>> {
  const source = log.source();
  try {
    const bounds = await source.bounds(places);
    const found = new Map<string, InboundRecord[]>();
    let wanted = places.flatMap((place) => {
      const { first, lastStable } = bounds.get(partitionKey(place)) ?? { first: 0, lastStable: 0 };
      return lastStable > first
        ? [{ ...place, offset: Math.max(first, lastStable - LATEST_RECORDS), end: lastStable }]
        : [];
    });
    while (wanted.length > 0) {
      const chunks = await source.fetch(wanted, FETCH);
      for (const chunk of chunks)
        found.set(partitionKey(chunk), [...(found.get(partitionKey(chunk)) ?? []), ...chunk.records]);
      wanted = wanted
        .map((place) => ({
          ...place,
          offset: chunks.find((chunk) => chunk.partition === place.partition)?.next ?? place.offset,
        }))
        .filter(({ offset, end }) => offset < end);
    }
    return found;
  } finally {
    await source.close();
  }
}

/** The promise of the last watermark, unless that was an end. */
function openPromise(records: readonly InboundRecord[], oldest: number): FoundPromise | null {
  for (const { value, timestamp, partition } of records.toReversed()) {
    if (timestamp < oldest) return null;
    if (value?.includes('millrace.watermark') !== true) continue;
    const { promise, idle } = parseOrEmpty(value);
    if (typeof promise === 'string') return idle === true ? null : { partition, promise };
  }
  return null;
}

function parseOrEmpty(value: Buffer): { readonly promise?: unknown; readonly idle?: unknown } {
  try {
    const parsed: unknown = JSON.parse(value.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
