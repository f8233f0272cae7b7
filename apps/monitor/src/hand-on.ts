import { joinKey, topicNames, type Plan } from '@millrace/pipeline';
import {
  encodeOutcomesRecord,
  encodeScoredRecord,
  eventKeyPartition,
  PLAN_NOTE,
  predictionValue,
  type CarriedRow,
  type OutboundRecord,
  type PlanOffer,
  type PredictionNames,
} from '@millrace/records';

import type { JoinTable, TracedRow } from './join-table.ts';

/**
 * The last that a feature set does in a partition: what still waits for its other half goes to the join of the set that took
 * over, if that one places it alike, and the partition is noted as drained.
 */
export function handOn(
  plan: Plan,
  names: PredictionNames,
  partition: number,
  table: JoinTable,
  offer: PlanOffer | null,
): readonly OutboundRecord[] {
  const key = PLAN_NOTE.drained(plan.featureSet, partition);
  const note = { topic: plan.names.control, partition: 0, key, value: JSON.stringify({ to: offer?.to ?? null }) };
  if (!offer?.outcome || offer.key !== joinKey(plan)) return [note];
  const { scored, joinOutcomes } = topicNames(plan.name, offer.to);
  const { rows, outcomes } = table.waiting();
  const { partitions = plan.topics.partitions } = offer;
  const place = (key: string | null, id: string): number =>
    partitions === plan.topics.partitions ? partition : eventKeyPartition(key, id, partitions);
  return [
    ...rows.map((traced) => toScored(carried(traced, names), scored, place)),
    ...outcomes.map((outcome) => ({
      topic: joinOutcomes,
      partition: place(outcome.key, outcome.id),
      key: outcome.key,
      value: encodeOutcomesRecord(outcome),
    })),
    note,
  ];
}

function carried({ row }: TracedRow, names: PredictionNames): CarriedRow {
  if (row.kind === 'carried') return row;
  const { id, at, key } = row;
  return { kind: 'carried', id, at, key, prediction: JSON.stringify(predictionValue(row, names)) };
}

function toScored(row: CarriedRow, topic: string, place: (key: string | null, id: string) => number): OutboundRecord {
  return { topic, partition: place(row.key, row.id), key: row.key, value: encodeScoredRecord(row) };
}
