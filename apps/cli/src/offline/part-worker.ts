/** Started by `with-parts.ts` as a thread of its own: what some stages say to all requests of a file. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import { isAppError } from '@millrace/core';
import { offlineFeatures, type FeatureRow } from '@millrace/features';
import { loadPlan, type Plan } from '@millrace/pipeline';

import { readEventBatches } from '../events/read-events.ts';
import { partColumns, type PartBatch, type PartSetup } from './part-protocol.ts';

const BATCH_ROWS = 1024;
/** Batches that wait for the first thread, a few megabytes: it may be busy with other things for a while. */
const MOST_WAITING = 32;

const port = parentPort as MessagePort;
const { pipeline, featureSet, file, stages, disorderMs, taken } = workerData as PartSetup;
const takenBatches = new Int32Array(taken);
let posted = 0;

try {
  const plan = await loadPlan(pipeline);
  if (plan.featureSet === featureSet) await compute(plan);
} catch (error) {
  // the first thread meets the same, at the same place, and says it
  if (!isAppError(error)) throw error;
}

async function compute(plan: Plan): Promise<void> {
  const columns = partColumns(plan, stages);
  const isOwn = (stage: number): boolean => stages.includes(stage);
  const onRejected = (): void => {}; // the first thread counts
  let rows: FeatureRow[] = [];
  try {
    for await (const row of offlineFeatures(plan, readEventBatches(file, plan), { disorderMs, onRejected, isOwn })) {
      rows.push(row);
      if (rows.length < BATCH_ROWS) continue;
      post(rows, columns);
      rows = [];
    }
  } finally {
    if (rows.length > 0) post(rows, columns); // what stands before bad input, too
  }
}

function post(rows: readonly FeatureRow[], columns: readonly number[]): void {
  const batch = { at: new Float64Array(rows.length), values: new Float32Array(rows.length * columns.length) };
  let next = 0;
  rows.forEach(({ at, vector }, i) => {
    batch.at[i] = at;
    for (const column of columns) batch.values[next++] = vector[column] as number;
  });
  port.postMessage(batch satisfies PartBatch, [batch.at.buffer, batch.values.buffer]);
  posted++;
  waitUntilTaken();
}

function waitUntilTaken(): void {
  for (;;) {
    const found = Atomics.load(takenBatches, 0);
    if (posted - found < MOST_WAITING) return;
    Atomics.wait(takenBatches, 0, found);
  }
}
