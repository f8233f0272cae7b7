import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import { expect } from 'vitest';

import { WORKED_ROWS } from './worked-rows.ts';

/** Runs a client's script, with the worked rows; what it prints is JSON. */
export async function printedBy(python: string, script: string, ...words: readonly string[]): Promise<unknown> {
  const child = spawn(python, [script, ...words], { stdio: 'pipe' });
  child.stdin.end(JSON.stringify(WORKED_ROWS.map(({ features }) => features)));
  const [output, errors, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(status, errors).toBe(0);
  return JSON.parse(output);
}
