import type { AppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import {
  encodeScoredRecord,
  predictionHeaders,
  predictionValue,
  traceHeaders,
  type DeadLetter,
  type InboundRecord,
  type OutboundRecord,
  type PredictionNames,
  type ScoredRow,
  type VectorRow,
} from '@millrace/records';

/** What a scored vector leads to: the prediction for users and the row for the monitor, in the vector's partition. */
export function scoredRecords(
  plan: Plan,
  names: PredictionNames,
  record: InboundRecord,
  row: ScoredRow,
): readonly OutboundRecord[] {
  const { partition, trace } = record;
  const { key } = row;
  const traceparent = traceHeaders(trace).filter(([name]) => name === 'traceparent');
  return [
    {
      topic: plan.names.predictions,
      partition,
      key,
      value: JSON.stringify(predictionValue(row, names)),
      headers: [...predictionHeaders(plan.name, row), ...traceparent],
    },
    { topic: plan.names.scored, partition, key, value: encodeScoredRecord(row), headers: traceHeaders(trace) },
  ];
}

/**
 * The dead letter of a record that cannot be scored. It names the event that asked, or the record itself where that
 * cannot be read.
 */
export function unscoredLetter(plan: Plan, record: InboundRecord, row: VectorRow | null, error: AppError): DeadLetter {
  const { topic, partition, offset } = record;
  const event = row
    ? {
        topic: plan.names.events,
        ...row.origin,
        attempts: row.attempts,
        type: plan.predict.on,
        eventId: row.id,
        at: row.at,
      }
    : { topic, partition, offset, attempts: 0 };
  return {
    stage: 'scorer',
    code: error.code,
    reason: error.detail,
    ...event,
    key: record.key,
    value: null,
    headers: traceHeaders(record.trace),
    trace: record.trace,
  };
}
