import { AppError, messageOf } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import {
  encodeStageRecord,
  partitionOf,
  type OutboundRecord,
  type PartError,
  type StageRequest,
} from '@millrace/records';

import { assemblerOf } from '../projection/request-projection.ts';
import type { ReceivedPart } from './open-request.ts';

/** A stage's answer on its way to the assembler, behind the request in the assembler's own topic. */
export function partRecord(plan: Plan, stage: number, request: StageRequest, part: ReceivedPart): OutboundRecord {
  const { predictKey, id, origin, attempts } = request;
  return {
    topic: assemblerOf(plan).topic,
    partition: partitionOf(predictKey ?? id, plan.topics.partitions),
    key: predictKey,
    value: encodeStageRecord({ kind: 'part', stage, origin, attempts, ...part }),
  };
}

/** Instead of a part: why there is none. */
export function failedPart(error: unknown): ReceivedPart {
  return { values: null, late: false, error: partError(error) };
}

function partError(error: unknown): PartError {
  if (error instanceof AppError) return { code: error.code, reason: error.detail };
  return { code: 'FEATURE_FAILED', reason: messageOf(error) };
}
