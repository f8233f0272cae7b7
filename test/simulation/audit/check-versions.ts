import type { Plan } from '@millrace/pipeline';
import { decodeFeaturesRecord, type InboundRecord, type PredictionValue, type TopicPartition } from '@millrace/records';

import type { Violation } from './violation.ts';

type Read = (at: TopicPartition) => readonly InboundRecord[];

/**
 * Every prediction is by the version in force where its row lies in `features`; but a partition that was never committed
 * begins with what a note says, and keeps that up to the place of that switch.
 */
export function checkVersions(plans: readonly Plan[], read: Read): readonly Violation[] {
  const [plan] = plans as readonly [Plan, ...Plan[]];
  const partitions = Array.from({ length: plan.topics.partitions }, (_, partition) => partition);
  const versions = new Map(
    partitions.flatMap((partition) =>
      read({ topic: plan.names.predictions, partition }).map(({ value }) => {
        const { id, version } = JSON.parse(String(value)) as PredictionValue;
        return [id, version] as const;
      }),
    ),
  );
  return plans.flatMap((one) =>
    partitions.flatMap((partition) => wrongIn(stretchesOf(read({ topic: one.names.features, partition })), versions)),
  );
}

/** Rows of a partition between two switches. */
interface Stretch {
  /** Null: that of the first row. */
  readonly version: string | null;
  readonly ids: string[];
}

function stretchesOf(records: readonly InboundRecord[]): readonly Stretch[] {
  const stretches: Stretch[] = [{ version: null, ids: [] }];
  let latest = -1;
  for (const { value } of records) {
    const record = decodeFeaturesRecord(value as Buffer);
    if (record.kind === 'vector') stretches.at(-1)?.ids.push(record.id);
    if (record.kind !== 'alias' || record.number <= latest) continue;
    latest = record.number;
    stretches.push({ version: record.version, ids: [] });
  }
  return stretches;
}

/** As if what was in force at first were that of the first switch, of the second, and so on: what is wrong at least. */
function wrongIn(stretches: readonly Stretch[], versions: ReadonlyMap<string, string>): readonly Violation[] {
  const readings = stretches.map((first, i) => [
    { version: first.version, ids: stretches.slice(0, i + 1).flatMap(({ ids }) => ids) },
    ...stretches.slice(i + 1),
  ]);
  const found = readings.map((reading) => reading.flatMap((stretch) => wrongRows(stretch, versions)));
  return found.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

function wrongRows({ version, ids }: Stretch, versions: ReadonlyMap<string, string>): readonly Violation[] {
  const answered = ids.filter((id) => versions.has(id)); // others are dead letters
  const wanted = version ?? versions.get(answered[0] ?? '');
  return answered
    .filter((id) => versions.get(id) !== wanted)
    .map((id) => ({ kind: 'other-version', detail: `${id} is by ${versions.get(id)}, in force is ${wanted}` }));
}
