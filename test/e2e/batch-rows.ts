import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runScript } from './run-script.ts';

/** A row of `millrace batch` as JSON, by column. */
export type BatchRow = Readonly<Record<string, string | number | null>>;

/** What `millrace batch` makes of a file of events, by the request's id. */
export async function batchRows(
  pipeline: string,
  events: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, BatchRow>> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-e2e-'));
  const out = join(folder, 'scored.jsonl');
  try {
    const ran = await runScript(['apps/cli/bin/millrace.mjs', 'batch', pipeline, events, '--out', out], env);
    if (ran.status !== 0) throw new Error(ran.output);
    const rows = (await readFile(out, 'utf8')).trimEnd().split('\n');
    return new Map(rows.map((line) => JSON.parse(line) as BatchRow).map((row) => [String(row['id']), row]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
