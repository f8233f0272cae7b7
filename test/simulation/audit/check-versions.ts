import type { Plan } from '@millrace/pipeline';
import { decodeFeaturesRecord, type InboundRecord, type PredictionValue, type TopicPartition } from '@millrace/records';

import type { Violation } from './violation.ts';

type Read = (at: TopicPartition) => readonly InboundRecord[];

/**
 * Every prediction is by the version in force where its row lies in `features`. Before a partition's first switch that is
 * what was in force when it was read first, which may be what a later note said; but the same for all rows.
 */
export function checkVersions(plans: readonly Plan[], read: Read): readonly Violation[] {
  const [plan] = plans as readonly [Plan, ...Plan[]];
  const partitions = Array.from({ length: plan.topics.partitions }, (_, partition) => partition);
  const stretches = plans.flatMap((one) =>
    partitions.flatMap((partition) => stretchesOf(read({ topic: one.names.features, partition }))),
  );
  const versions = new Map(
    partitions.flatMap((partition) =>
      read({ topic: plan.names.predictions, partition }).map(({ value }) => {
        const { id, version } = JSON.parse(String(value)) as PredictionValue;
        return [id, version] as const;
      }),
    ),
  );
  return stretches.flatMap((stretch) => wrongIn(stretch, versions));
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

function wrongIn({ version, ids }: Stretch, versions: ReadonlyMap<string, string>): readonly Violation[] {
  const answered = ids.filter((id) => versions.has(id)); // others are dead letters
  const wanted = version ?? versions.get(answered[0] ?? '');
  return answered
    .filter((id) => versions.get(id) !== wanted)
    .map((id) => ({ kind: 'other-version', detail: `${id} is by ${versions.get(id)}, in force is ${wanted}` }));
}
