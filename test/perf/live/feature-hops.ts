import type { Plan } from '@millrace/pipeline';
import { decodeFeaturesRecord, decodeStageRecord, type InboundRecord } from '@millrace/records';
import type { Log } from '@millrace/stream';

import type { Hops } from './hops.ts';
import { readTopic } from './read-topic.ts';

const NONE = new Uint8Array();
const nameOf = ({ origin }: { readonly origin: { readonly partition: number; readonly offset: number } }): string =>
  `${origin.partition}/${origin.offset}`;

/** From a request's arrival in the topic of the assembler, over the last stage's part in it, to its vector in `features`. */
export async function featureHops(log: Log, plan: Plan): Promise<readonly Hops[]> {
  const { partitions } = plan.topics;
  const assembler = plan.stages.find((stage) => stage.assembler)?.topic ?? '';
  const [arrived, between] = requestsAndParts(await readTopic(log, assembler, partitions));
  const hops: Hops[] = [];
  for (const { value, timestamp } of await readTopic(log, plan.names.features, partitions)) {
    const row = decodeFeaturesRecord(value ?? NONE);
    if (row.kind !== 'vector') continue;
    const [from, over] = [arrived.get(nameOf(row)), between.get(nameOf(row))];
    if (from !== undefined && over !== undefined) hops.push({ arrived: from, between: over, answered: timestamp });
  }
  return hops;
}

/** When each request came, and the last of its parts. */
function requestsAndParts(records: readonly InboundRecord[]): readonly [Map<string, number>, Map<string, number>] {
  const [arrived, between] = [new Map<string, number>(), new Map<string, number>()];
  for (const { value, timestamp } of records) {
    const record = decodeStageRecord(value ?? NONE);
    if (record.kind === 'request') arrived.set(nameOf(record), timestamp);
    if (record.kind === 'part') between.set(nameOf(record), Math.max(timestamp, between.get(nameOf(record)) ?? 0));
  }
  return [arrived, between];
}
