import type { Command } from 'commander';
import type { CliContext } from './context.ts';

/** What a file of `commands/` exports. */
export interface CommandModule {
  register(program: Command, context: CliContext): void;
}

const COMMANDS = ['up', 'check', 'replay', 'tail', 'features', 'dlq', 'model'] as const;

/** The commands of this build, in the order of the help. */
export async function loadCommands(): Promise<readonly CommandModule[]> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const loaded = await Promise.all(
    COMMANDS.map((name) => load(new URL(`./commands/${name}.${extension}`, import.meta.url).href)),
  );
  return loaded.filter((module) => module !== null);
}

async function load(url: string): Promise<CommandModule | null> {
  try {
    return (await import(url)) as CommandModule;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}
