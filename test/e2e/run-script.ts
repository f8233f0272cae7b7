import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DemoSummary } from '@millrace/standalone';

export interface ScriptRun {
  readonly status: number;
  readonly output: string;
}

/** Below the tests' own time limit, so that a script which should have ended is not left running. */
const LIMIT_MS = 240_000;

/** Runs a script as its user would, with what it prints. */
export function runScript(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  limitMs = LIMIT_MS,
): Promise<ScriptRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output += String(chunk);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => resolve({ status: code ?? 1, output }));
  });
}

/** `npm start -- --exit --summary FILE` and more flags: the summary, and how it ended. */
export async function runStart(
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ScriptRun & { readonly summary: DemoSummary }> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-e2e-'));
  const file = join(folder, 'summary.json');
  try {
    const run = await runScript(['scripts/start.main.mjs', '--exit', '--summary', file, ...flags], env);
    const text = await readFile(file, 'utf8').catch(() => {
      throw new Error(`there is no summary; it ended with ${run.status} and said:\n${run.output.slice(-4000)}`);
    });
    return { ...run, summary: JSON.parse(text) as DemoSummary };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
