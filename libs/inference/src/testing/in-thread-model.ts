import { MicroBatcher, type BatchExecutor } from '@millrace/batching';
import type { Clock } from '@millrace/core';

import type { ModelPort } from '../model-port.ts';

export interface InThreadModelOptions {
  readonly clock: Clock;
  readonly executors: readonly BatchExecutor<Float32Array, Float64Array>[];
  readonly outputs?: readonly string[];
  readonly version?: string;
  readonly batchRows?: number;
}

/** A model without threads: scripted executors behind the real micro-batcher. */
export function inThreadModel({
  clock,
  executors,
  outputs = ['probability'],
  version = '1',
  batchRows = 256,
}: InThreadModelOptions): ModelPort {
  const bounds = { rows: Infinity, bytes: Infinity };
  const batcher = new MicroBatcher({ executors, clock, maxRows: batchRows, deadlineMs: 20, bounds });
  return { name: 'model', version, outputs, score: (vectors, how) => batcher.submit(vectors, how) };
}
