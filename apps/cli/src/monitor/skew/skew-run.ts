import { SampledRequests, SkewCounts, type FeatureSkew, type FileEvent } from '@millrace/features';
import type { Plan } from '@millrace/pipeline';
import { decodeScoredRecord, isRejection, murmur2, openEvent, type ScoredRow } from '@millrace/records';
import type { Log } from '@millrace/stream';

import { readTopic } from '../../topics/read-topic.ts';

/** Which predictions are computed again. */
export interface SkewSample {
  /** Of all predictions, by a hash of their id. */
  readonly share: number;
  /** Event times, epoch milliseconds: from this one on, before that one. */
  readonly from: number;
  readonly to: number;
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

/**
 * Reads the served vectors of a sample, and computes them again from the recorded events by the path of `millrace features`.
 * The events are read twice: for the keys of the sample, and then for what lies under them, which alone is held.
 *
 * @throws AppError `TOPIC_MISSING`
 */
export async function skewOf(log: Log, plan: Plan, sample: SkewSample, signal: AbortSignal): Promise<SkewReport> {
  const served = await readServed(log, plan, sample, signal);
  const requests = new SampledRequests(plan, new Map([...served].map(([id, { at }]) => [id, at])));
  const counts = new SkewCounts(plan.vector.map(({ name }) => name));
  const begins = new Map<number, number>();
  for await (const { event, partition, isCut } of readEvents(log, plan, signal)) {
    const at = requests.show(event);
    if (isCut && at !== null && !begins.has(partition)) begins.set(partition, at);
  }
  const beginsAt = Math.max(-Infinity, ...begins.values());
  for await (const { event } of readEvents(log, plan, signal)) requests.take(event);
  const vectors = await requests.vectors();
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
async function readServed(
  log: Log,
  plan: Plan,
  { share, from, to }: SkewSample,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ScoredRow>> {
  const rows = new Map<string, ScoredRow>();
  for await (const { value } of readTopic(log, { topic: plan.names.scored, from: 'beginning', until: 'end', signal })) {
    const row = decodeScoredRecord(value ?? Buffer.alloc(0));
    if (row.kind !== 'scored' || row.at < from || row.at >= to) continue;
    if (murmur2(Buffer.from(row.id)) >>> 0 < share * HASHES && !rows.has(row.id)) rows.set(row.id, row);
  }
  return rows;
}

interface LoggedEvent {
  readonly event: FileEvent;
  readonly partition: number;
  /** What stood first in its partition is not there any more. */
  readonly isCut: boolean;
}

async function* readEvents(log: Log, { names }: Plan, signal: AbortSignal): AsyncGenerator<LoggedEvent> {
  const firsts = new Map<number, number>();
  for await (const record of readTopic(log, { topic: names.events, from: 'beginning', until: 'end', signal })) {
    const { partition, offset } = record;
    if (!firsts.has(partition)) firsts.set(partition, offset);
    const event = openEvent(record);
    if (!isRejection(event)) yield { event, partition, isCut: firsts.get(partition) !== 0 };
  }
}
