/** Started by `second-part.ts` as a thread of its own: the feature vectors of the requests in the second part of a file. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import { AppError, isAppError } from '@millrace/core';
import { EventsOutOfOrder, offlineFeatures, type FeatureRow } from '@millrace/features';
import { loadPlan } from '@millrace/pipeline';

import type { EventLine } from '../events/event-line.ts';
import { readEventBatches } from '../events/read-events.ts';
import { outputError } from '../rows/output-file.ts';
import { LeftOut } from './left-out.ts';
import type { PartMessage, PartSetup } from './part-protocol.ts';
import { packRows } from './row-block.ts';

const BLOCK_ROWS = 4096;
/** Windows that are not full by then are too long for the file: what is left would not be worth a thread. */
const GIVEN_UP_AT = 0.7;

const port = parentPort as MessagePort;
const { pipeline, pseudonymKey, featureSet, file, disorderMs, from, spill } = workerData as PartSetup;
const leftOut = new LeftOut();
let [hasBegun, events, share] = [false, 0, 0];
let spilled: number | null = null;

try {
  spilled = openSync(spill, 'w');
  await compute();
  if (!hasBegun) post({ kind: 'begins', line: null });
  post({ kind: 'ended', leftOut: leftOut.reasons });
} catch (thrown) {
  const error = outputError(spill, thrown);
  if (!isAppError(error)) throw error;
  // the first thread meets the same, at the same place, and says it
  post(hasBegun ? endOf(error) : { kind: 'begins', line: null });
} finally {
  if (spilled !== null) closeSync(spilled);
}

async function compute(): Promise<void> {
  const plan = await loadPlan(pipeline, pseudonymKey);
  if (plan.featureSet !== featureSet) return;
  const batches = readEventBatches(file, plan, { from, onRead: (read) => void (share = read) });
  const onRejected = (error: AppError, { line }: EventLine): void => leftOut.add(error, line);
  let rows: FeatureRow[] = [];
  try {
    for await (const row of offlineFeatures(plan, untilGivenUp(batches), { disorderMs, onRejected, onFull })) {
      rows.push(row);
      if (rows.length < BLOCK_ROWS) continue;
      write(rows);
      rows = [];
    }
  } finally {
    if (rows.length > 0) write(rows); // what stands before bad input, too
  }
}

function onFull({ line }: EventLine): void {
  hasBegun = true;
  events = 0;
  post({ kind: 'begins', line });
}

async function* untilGivenUp(
  batches: AsyncIterable<readonly EventLine[]>,
): AsyncGenerator<readonly EventLine[], undefined> {
  for await (const batch of batches) {
    if (!hasBegun && share >= GIVEN_UP_AT) return;
    events += batch.length;
    yield batch;
  }
}

function write(rows: readonly FeatureRow[]): void {
  const bytes = packRows(rows);
  writeSync(spilled as number, bytes);
  post({ kind: 'rows', bytes: bytes.length, events });
  events = 0;
}

function endOf(error: AppError): PartMessage {
  if (!(error instanceof EventsOutOfOrder)) return { kind: 'failed', code: error.code, detail: error.detail };
  return { kind: 'out-of-order', behindMs: error.behindMs, allowedMs: error.allowedMs };
}

function post(message: PartMessage): void {
  port.postMessage(message);
}
