import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { quantile } from './quantile.ts';

/** `millrace features` and `millrace batch`, from a file to CSV, in a process each: the median of some rounds, in turn. */
export function offlineCommands(pipeline: string, events: string, rounds: number): object {
  const commands = ['features', 'batch'] as const;
  const taken = { features: [] as number[], batch: [] as number[] };
  for (let i = 0; i < rounds; i++)
    for (const command of commands) taken[command].push(secondsOf(command, pipeline, events));
  return Object.fromEntries(commands.map((command) => [command, tableRow(taken[command])]));
}

function tableRow(seconds: readonly number[]): object {
  const sorted = seconds.toSorted((a, b) => a - b);
  return { 'median, s': rounded(quantile(sorted, 0.5)), least: rounded(sorted[0]), most: rounded(sorted.at(-1)) };
}

const rounded = (seconds = Number.NaN): number => Number(seconds.toFixed(2));

function secondsOf(command: string, pipeline: string, events: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const words = ['apps/cli/bin/millrace.mjs', command, pipeline, events, '--out', join(folder, 'out.csv')];
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  const seconds = (performance.now() - startedAt) / 1000;
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`millrace ${command}: ${stderr}`);
  return seconds;
}
