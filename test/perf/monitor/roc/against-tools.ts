import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { calibrate } from '../calibration.ts';
import { referenceProfile } from '../detector.ts';
import { runOtherTools, type WindowSet } from '../other-tools.ts';
import { FEATURES, RowSource } from '../row-source.ts';
import { distancesOf, type Distances } from './distances.ts';
import { referenceColumns } from './reference-column.ts';

/** Whose is which, by how the tool's name begins. */
const TOOLS = {
  wasserstein: 'W1',
  kolmogorovSmirnov: 'KS',
  jensenShannon: 'NannyML',
} as const satisfies Record<keyof Distances, string>;

/** The largest relative difference between our statistics and those of SciPy and NannyML, over the first unchanged windows of each size. */
export async function againstTools(
  sizes: readonly number[],
  windows: number,
  folder: string,
): Promise<Readonly<Record<string, number>>> {
  const profile = referenceProfile(new RowSource(1), false);
  const sets = sizes
    .flatMap((rows) => calibrate(profile, rows, windows, 2, { windows, folder }).kept ?? [])
    .map((set) => ({ ...set, unchanged: false })); // or Evidently's report is asked for, too
  const results = await runOtherTools(folder, sets, new RowSource(1));
  const ours = new Map(sets.map((set) => [set.name, largestDistances(set, folder)]));
  return Object.fromEntries(
    Object.entries(TOOLS).map(([distance, tool]) => {
      const differences = results
        .filter((result) => result.tool.startsWith(tool))
        .flatMap(({ set, scores }) =>
          (scores ?? []).map((score, i) =>
            Math.abs((ours.get(set)?.[i]?.[distance as keyof Distances] as number) / score - 1),
          ),
        );
      return [distance, Math.max(...differences)];
    }),
  );
}

/** By window, the largest of its features. */
function largestDistances({ file, rows, windows }: WindowSet, folder: string): readonly Distances[] {
  const references = referenceColumns(new RowSource(1));
  const bytes = readFileSync(join(folder, file));
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return Array.from({ length: windows }, (_, window) => {
    const all = references.map((reference, feature) =>
      distancesOf(
        reference,
        Float64Array.from({ length: rows }, (_, i) => values[(window * rows + i) * FEATURES + feature] as number),
      ),
    );
    const largest = (distance: keyof Distances): number => Math.max(...all.map((one) => one[distance]));
    return {
      wasserstein: largest('wasserstein'),
      kolmogorovSmirnov: largest('kolmogorovSmirnov'),
      jensenShannon: largest('jensenShannon'),
    };
  });
}
