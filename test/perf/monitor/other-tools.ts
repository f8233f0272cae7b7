import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { pythonWith } from '../../e2e/python-environment.ts';
import { FEATURES, REFERENCE_ROWS, type RowSource } from './row-source.ts';

const PACKAGES = ['evidently==0.7.23', 'nannyml==0.13.1', 'scipy==1.17.1', 'pandas==2.3.3', 'numpy==2.4.6'];

/** Windows in a file, for tools that are not ours. */
export interface WindowSet {
  readonly name: string;
  readonly file: string;
  readonly rows: number;
  readonly windows: number;
  readonly unchanged: boolean;
}

/** What a tool says of the windows of a set. */
export interface ToolResult {
  readonly set: string;
  readonly tool: string;
  /** The largest statistic of a column, by window; null where the tool gives none. */
  readonly scores: readonly number[] | null;
  readonly alarms: readonly boolean[];
}

/** Runs `other-tools.py` over sets of windows that lie in a folder, against the first rows of a source. */
export async function runOtherTools(
  folder: string,
  sets: readonly WindowSet[],
  source: RowSource,
): Promise<readonly ToolResult[]> {
  const rows = Array.from({ length: REFERENCE_ROWS }, () => source.next().slice());
  writeFileSync(join(folder, 'reference.bin'), Buffer.concat(rows.map(({ buffer }) => Buffer.from(buffer))));
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ features: FEATURES, reference: 'reference.bin', sets }));
  const python = await pythonWith(PACKAGES);
  const child = spawn(python, [join(import.meta.dirname, 'other-tools.py'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const results: ToolResult[] = [];
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith('{')) {
      const result = JSON.parse(line) as ToolResult;
      console.error(
        `${result.tool}, ${result.set}: ${result.alarms.filter(Boolean).length} of ${result.alarms.length}`,
      );
      results.push(result);
    }
  const code = await ended;
  if (code !== 0) throw new Error(`other-tools.py ended with ${code}`);
  return results;
}
