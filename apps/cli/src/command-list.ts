import { existsSync } from 'node:fs';

import type { Command } from 'commander';

import type { CliContext } from './context.ts';

/** What a file of `commands/` exports. */
export interface CommandModule {
  register(program: Command, context: CliContext): void;
}

const COMMANDS = ['up', 'check', 'replay', 'tail', 'features', 'dlq', 'model'] as const;

/** The commands that are there, in the order of the help. */
export async function loadCommands(): Promise<readonly CommandModule[]> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const files = COMMANDS.map((name) => new URL(`./commands/${name}.${extension}`, import.meta.url));
  return Promise.all(
    files.filter((file) => existsSync(file)).map(async (file) => (await import(file.href)) as CommandModule),
  );
}
