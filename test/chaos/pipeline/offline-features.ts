import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runScript } from '../../e2e/run-script.ts';
import type { ScratchPipeline } from '../../e2e/scratch-pipeline.ts';

/** Each request's features by `millrace features`: what a run that nothing disturbs gives. */
export async function offlineFeatures(
  { file, folder }: ScratchPipeline,
  events: string,
): Promise<ReadonlyMap<string, readonly (number | null)[]>> {
  const out = join(folder, 'features.csv');
  const ran = await runScript(['apps/cli/bin/millrace.mjs', 'features', file, events, '--out', out]);
  if (ran.status !== 0) throw new Error(ran.output);
  const rows = (await readFile(out, 'utf8')).trimEnd().split('\n').slice(1);
  return new Map(
    rows.map((row) => {
      const [id = '', , , ...values] = row.split(',');
      return [id, values.map((text) => (text === '' ? null : Number(text)))];
    }),
  );
}
