import { AppError } from '@millrace/core';
import type { InboundRecord } from '@millrace/records';

import { joinOutputs, type Stage, type StageOutput, type TaskState } from '../stage.ts';

/**
 * Processes a batch; when it fails, processes its halves, and so on until the culprits are alone and become what
 * `stage.poison` makes of them. A half that fails leaves no trace in the states. Errors that are not the records' own
 * (classes `retry`, `rejoin`, `fatal`, `setup`) end it at once.
 */
export async function processBisecting(
  stage: Stage,
  records: readonly InboundRecord[],
  states: readonly TaskState[],
  onBisect: (error: unknown) => void,
): Promise<StageOutput> {
  const savepoints = states.map((state) => state.savepoint());
  try {
    return await stage.process(records);
  } catch (error) {
    states.forEach((state, i) => state.rollback(savepoints[i] as number));
    if (!isPoison(error)) throw error;
    onBisect(error);
    const only = records[0];
    if (only === undefined) throw error;
    if (records.length === 1) return stage.poison(only, error);
    const middle = records.length >> 1;
    const left = await processBisecting(stage, records.slice(0, middle), states, onBisect);
    const right = await processBisecting(stage, records.slice(middle), states, onBisect);
    return joinOutputs([left, right]);
  }
}

/** An unforeseen error counts as the record's own fault: one bad record harms only itself. */
function isPoison(error: unknown): boolean {
  return !(error instanceof AppError) || error.class === 'poison';
}
