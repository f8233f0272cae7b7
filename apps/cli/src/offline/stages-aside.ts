import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

import type { Plan } from '@millrace/pipeline';

/** A smaller file is done soon after a second thread has loaded what it needs. Events pack to a tenth. */
const LEAST_BYTES = { plain: 16 * 1024 * 1024, packed: 2 * 1024 * 1024 };
/** Of the windows: the first thread also writes the rows. */
const SHARE = 0.75;

/** The stages that a second thread should compute for a run over a file; none where it would not pay. */
export async function stagesAside(
  plan: Pick<Plan, 'stages'>,
  file: string,
  cores = availableParallelism(),
): Promise<readonly number[]> {
  // a pipe, which can be read once only, has no size
  const size = (await stat(file).catch(() => null))?.size ?? 0;
  const least = /\.(csv|jsonl)$/i.test(file) ? LEAST_BYTES.plain : LEAST_BYTES.packed;
  return cores > 1 && size >= least ? shareOf(plan) : [];
}

/**
 * About so much of the work on windows, which goes by the updates: one per event for each stage that has features over
 * its type. Whole stages, the largest first.
 */
function shareOf({ stages }: Pick<Plan, 'stages'>): readonly number[] {
  const sizes = stages.map(({ index, features }) => ({ index, size: new Set(features.map(({ from }) => from)).size }));
  const all = sizes.reduce((sum, { size }) => sum + size, 0);
  const chosen: number[] = [];
  let sum = 0;
  for (const { index, size } of sizes.toSorted((a, b) => b.size - a.size)) {
    if (sum >= SHARE * all) break;
    chosen.push(index);
    sum += size;
  }
  return chosen;
}
