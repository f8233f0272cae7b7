import { parseForWriting } from '@millrace/core';
import {
  cloudEventHeaders,
  predictionValue,
  rfc3339,
  type OutboundRecord,
  type PredictionNames,
  type PredictionValue,
  type TopicPartition,
} from '@millrace/records';

import type { Match } from './join-table.ts';

/**
 * An example: the prediction as users read it, with what really happened.
 *
 * @param rate the share of ids that are joined; named where it is below 1
 */
export function exampleRecord(
  match: Match,
  rate: number,
  at: TopicPartition,
  names: PredictionNames,
  pipeline: string,
): OutboundRecord {
  const { row, traceparent } = match.traced;
  const { label, at: labelledAt } = match.outcome;
  const prediction =
    row.kind === 'carried' ? (parseForWriting(row.prediction) as PredictionValue) : predictionValue(row, names);
  const value = { ...prediction, label, label_time: rfc3339(labelledAt), ...(rate < 1 && { sample_rate: rate }) };
  const headers = cloudEventHeaders({
    type: 'millrace.example',
    source: `/millrace/${pipeline}`,
    id: row.id,
    atMs: labelledAt,
  });
  return {
    ...at,
    key: row.key,
    value: JSON.stringify(value),
    headers: traceparent === undefined ? headers : [...headers, ['traceparent', Buffer.from(traceparent)]],
  };
}
