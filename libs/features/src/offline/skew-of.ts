import type { Plan } from '@millrace/pipeline';
import {
  decodeScoredRecord,
  isRejection,
  murmur2,
  openEvent,
  type InboundRecord,
  type ScoredRow,
} from '@millrace/records';

import { SkewCounts, type FeatureSkew } from './feature-skew.ts';
import { SampledRequests } from './sampled-requests.ts';

/** Which predictions are computed again. */
export interface SkewSample {
  /** Of all predictions, by a hash of their id. */
  readonly share: number;
  /** Event times, epoch milliseconds: from this one on, before that one. */
  readonly from: number;
  readonly to: number;
  /** Of these alone; default: of all. */
  readonly of?: { readonly version: string; readonly variant: string };
  /** So many predictions at most: the share is halved until they are no more. Default: all. */
  readonly most?: number;
  /** So many bytes of events, as they are in the log, may be held. Default: any. */
  readonly mostBytes?: number;
}

export interface SkewReport {
  /** In the sample. */
  readonly predictions: number;
  /** Left out: their windows reach back before what the log holds. */
  readonly beyondLog: number;
  /** Left out: their event is not in the log, or is a dead letter by now. */
  readonly notFound: number;
  readonly compared: number;
  /** Compared, and any value differs. */
  readonly skewed: number;
  readonly features: readonly FeatureSkew[];
}

/** Whence the log is read, and how not to be in the way of others. */
export interface SkewReading {
  /** The committed records of a topic, in order within each partition, up to its end: all that have a timestamp from `since` on, epoch milliseconds. */
  readonly read: (topic: string, since: number) => AsyncIterable<InboundRecord>;
  /** Awaited between pieces of work. */
  readonly pause?: () => Promise<void>;
}

/** The events under the keys of the sample are more than may be held. */
export class SkewSampleTooLarge extends Error {}

/**
 * Reads the served vectors of a sample, and computes them again from the recorded events by the path of `millrace features`.
 * The events are read twice: for the keys of the sample, and then for what lies under them, which alone is held. Of a span
 * only what may belong to it is read: no event is further ahead of its record's timestamp than `events.max_ahead`.
 *
 * @throws SkewSampleTooLarge
 */
export async function skewOf({ read, pause }: SkewReading, plan: Plan, sample: SkewSample): Promise<SkewReport> {
  const since = sample.from - plan.limits.maxAheadMs;
  const served = await servedIn(read(plan.names.scored, since), sample);
  const counts = new SkewCounts(plan.vector.map(({ name }) => name));
  const none = { beyondLog: 0, notFound: 0, compared: 0, skewed: 0, features: counts.features };
  if (served.size === 0) return { predictions: 0, ...none };
  const requests = new SampledRequests(plan, new Map([...served].map(([id, { at }]) => [id, at])));
  const events = (): AsyncIterable<InboundRecord> => read(plan.names.events, since - requests.reachMs);
  const beginsAt = await shown(events(), requests);
  await taken(events(), requests, sample.mostBytes ?? Infinity);
  const vectors = await requests.vectors(pause);
  const reached = [...served.values()].filter(({ at }) => at - requests.reachMs >= beginsAt);
  const found = reached.filter(({ id }) => vectors.has(id));
  for (const row of found) counts.add(row, vectors.get(row.id)?.vector ?? []);
  return {
    predictions: served.size,
    beyondLog: served.size - reached.length,
    notFound: reached.length - found.length,
    compared: counts.rows,
    skewed: counts.skewedRows,
    features: counts.features,
  };
}

const HASHES = 2 ** 32;

/** The first row of each id, as the monitor takes it. */
async function servedIn(
  records: AsyncIterable<InboundRecord>,
  { share, from, to, of, most = Infinity }: SkewSample,
): Promise<ReadonlyMap<string, ScoredRow>> {
  const rows = new Map<string, ScoredRow>();
  let below = share * HASHES;
  for await (const { value } of records) {
    const row = decodeScoredRecord(value ?? Buffer.alloc(0));
    if (row.kind !== 'scored' || row.at < from || row.at >= to || rows.has(row.id)) continue;
    if (of && (row.version !== of.version || row.variant !== of.variant)) continue;
    if (hashOf(row.id) < below) rows.set(row.id, row);
    if (rows.size <= most) continue;
    below /= 2;
    for (const id of rows.keys()) if (hashOf(id) >= below) rows.delete(id);
  }
  return rows;
}

function hashOf(id: string): number {
  return murmur2(Buffer.from(id)) >>> 0;
}

/** @returns the event time from which on the log has all, where it is cut: what stood first in a partition is not there any more */
async function shown(records: AsyncIterable<InboundRecord>, requests: SampledRequests): Promise<number> {
  const cut = new Map<number, boolean>();
  const begins = new Map<number, number>();
  for await (const record of records) {
    const { partition, offset } = record;
    if (!cut.has(partition)) cut.set(partition, offset !== 0);
    const event = openEvent(record);
    const at = isRejection(event) ? null : requests.show(event);
    if (cut.get(partition) === true && at !== null && !begins.has(partition)) begins.set(partition, at);
  }
  return Math.max(-Infinity, ...begins.values());
}

async function taken(
  records: AsyncIterable<InboundRecord>,
  requests: SampledRequests,
  mostBytes: number,
): Promise<void> {
  let held = 0;
  for await (const record of records) {
    const event = openEvent(record);
    if (isRejection(event) || !requests.take(event)) continue;
    held += record.value?.length ?? 0;
    if (held > mostBytes) throw new SkewSampleTooLarge(`its events take more than ${mostBytes} bytes`);
  }
}
