import type { AppError } from '@millrace/core';
import type { InboundRecord } from '@millrace/records';

import type { StageOutput } from '../stage.ts';
import { processBisecting } from './bisect.ts';
import type { StageRunnerOptions } from './runner-options.ts';
import { conviction, type Work } from './work.ts';

/**
 * Step 2: what the stage makes of the records, or, of one that must not be processed again, what becomes of it.
 *
 * @param refused why the log does not take what becomes of the record; null: it does
 */
export async function processWork(
  { stage, observer }: StageRunnerOptions,
  work: Work,
  refused: AppError | null,
): Promise<StageOutput> {
  if (work.output) return work.output;
  const verdict = refused ?? conviction(work);
  if (verdict) {
    work.gaveUp = true;
    return stage.poison(work.records[0] as InboundRecord, verdict);
  }
  const states = work.tasks.map((task) => task.state);
  try {
    return await processBisecting(stage, work.records, states, (error) => observer?.failed?.(error, 'bisect'));
  } finally {
    for (const lane of work.counts.keys()) lane.trial.survived();
  }
}
