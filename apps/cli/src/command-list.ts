import type { Command } from 'commander';

import type { CliContext } from './context.ts';

/** What a file of `commands/` exports. */
export interface CommandModule {
  register(program: Command, context: CliContext): void;
}

type LoadCommand = () => Promise<CommandModule>;

/** In the order of the help. */
const COMMANDS: ReadonlyMap<string, LoadCommand> = new Map<string, LoadCommand>([
  ['init', () => import('./commands/init.ts')],
  ['up', () => import('./commands/up.ts')],
  ['check', () => import('./commands/check.ts')],
  ['replay', () => import('./commands/replay.ts')],
  ['tail', () => import('./commands/tail.ts')],
  ['features', () => import('./commands/features.ts')],
  ['batch', () => import('./commands/batch.ts')],
  ['dlq', () => import('./commands/dlq.ts')],
  ['model', () => import('./commands/model.ts')],
  ['monitor', () => import('./commands/monitor.ts')],
  ['doctor', () => import('./commands/doctor.ts')],
  ['bench', () => import('./commands/bench.ts')],
  ['asyncapi', () => import('./commands/asyncapi.ts')],
]);

/**
 * The commands that a command line may mean: the one that it begins with, else all, for the help and for suggestions. All of them take a
 * second of CPU to load, most of it for the services that two of them start.
 */
export async function commandsFor(args: readonly string[]): Promise<readonly CommandModule[]> {
  const named = COMMANDS.get(args[0] ?? '');
  return Promise.all((named ? [named] : [...COMMANDS.values()]).map((load) => load()));
}
